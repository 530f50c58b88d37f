import {
  access,
  chown,
  cp,
  lstat,
  mkdir,
  readdir,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { newPlace, type NewPlace } from '@/lib/places/new-place'
import type { RunContext } from '@/lib/ports/run-context'
import type { Sandbox } from '@/lib/sandbox/open-sandbox'
import { runCommand } from '@/lib/process/run-command'
import type { BaseFacts } from '../base-facts'

export interface HandOverOrder {
  sandbox: Pick<Sandbox, 'confinement'>
  /** The data directory of a server that was shut down. */
  data: string
  tablespaces: readonly { oid: string }[]
  tablespaceFolder(oid: string): string
  directory: string
  keepOut: string[]
  facts: Pick<BaseFacts, 'serverMajor' | 'settings'>
}

/** Where tablespaces go: beside the data directory, since a server wants none within it. */
export const tablespacesOf = (directory: string) => `${directory}.tablespaces`

/** Refuses a place beforehand that nothing could be handed over to. */
export async function checkDirectory(directory: string, keepOut: string[]): Promise<void> {
  for (const path of [directory, tablespacesOf(directory)]) await (await newPlace(path, keepOut)).close()
}

/** What would make a recovered server take part in what the original takes part in. It stands where it overrules `postgresql.conf`. */
const quiet = `# Written when this data directory was recovered. What ALTER SYSTEM had set on the original is in
# postgresql.auto.conf.source. Take lines away once the server may do this again.
archive_mode = off
primary_conninfo = ''
primary_slot_name = ''
restore_command = ''
synchronous_standby_names = ''
max_logical_replication_workers = 0
`

/**
 * Makes a data directory of a sandbox a folder of its own, with its tablespaces beside it. It belongs to the owner of the folder that it is
 * in where the worker may give it to them.
 */
export async function handOverData(order: HandOverOrder, run: RunContext): Promise<string[]> {
  const { sandbox, data, tablespaces, directory, keepOut } = order
  const places: NewPlace[] = []
  try {
    const place = await newPlace(directory, keepOut)
    places.push(place)
    const beside = tablespaces.length > 0 ? await newPlace(tablespacesOf(directory), keepOut) : null
    if (beside) places.push(beside)
    await sandbox.confinement.takeBack(data, ...tablespaces.map(({ oid }) => order.tablespaceFolder(oid)))
    const own = join(place.incomplete, basename(directory))
    run.progress({ phase: 'handing the data directory over', doneBytes: 0 })
    await move(data, own, run)
    if (beside) {
      const folder = join(beside.incomplete, 'tablespaces')
      await mkdir(folder, { mode: 0o700 })
      for (const { oid } of tablespaces) await move(order.tablespaceFolder(oid), join(folder, oid), run)
      await link(own, tablespaces, tablespacesOf(directory))
    }
    const notes = await configure(own, order)
    const owner = await giveToOwner(directory, [own, ...(beside ? [beside.incomplete] : [])], run)
    run.signal.throwIfAborted()
    if (beside) await beside.finish('tablespaces')
    await place.finish(basename(directory))
    return [...notes, ...owner]
  } catch (error) {
    throw isFull(error) ? full(directory, error) : error
  } finally {
    for (const place of places) await place.close()
  }
}

/** By renaming; a sandbox on another file system is copied. */
async function move(from: string, to: string, run: RunContext): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw error
    await cp(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, errorOnExist: true })
    run.signal.throwIfAborted()
    await rm(from, { recursive: true, force: true })
  }
}

/** The links that the server follows lead to the sandbox, and are made anew. */
async function link(data: string, tablespaces: HandOverOrder['tablespaces'], folder: string): Promise<void> {
  const links = join(data, 'pg_tblspc')
  if (!(await lstat(links)).isDirectory()) throw unlike('pg_tblspc is no folder')
  const known = new Set(tablespaces.map(({ oid }) => oid))
  for (const name of await readdir(links)) {
    await readlink(join(links, name)).catch((error: unknown) => {
      throw unlike(`pg_tblspc/${name} is no link`, error)
    })
    await rm(join(links, name))
    if (known.has(name)) await symlink(join(folder, name), join(links, name))
  }
}

/** Makes what was outside of the data directory on the original, as Debian has it, and keeps the server to itself. */
async function configure(data: string, { facts }: HandOverOrder): Promise<string[]> {
  await rm(join(data, 'postgresql.auto.conf'), { force: true })
  // With lower ones than the original's, what it had prepared or attached would keep the server from starting.
  const insisted = Object.entries(facts.settings).filter(([, value]) => /^\w+$/.test(value))
  const settings = insisted.map(([name, value]) => `${name} = ${value}\n`).join('')
  await writeFile(join(data, 'postgresql.auto.conf'), quiet + settings, { flag: 'wx', mode: 0o600 })
  const made: string[] = []
  const make = async (name: string, text: string) => {
    if (
      await access(join(data, name)).then(
        () => true,
        () => false,
      )
    )
      return
    await writeFile(join(data, name), text, { flag: 'wx', mode: 0o600 })
    made.push(name)
  }
  await make('postgresql.conf', '')
  await make('pg_hba.conf', 'local all all peer\n')
  await make('pg_ident.conf', '')
  const notes = [
    'It neither archives nor replicates, and starts no subscriptions: postgresql.auto.conf says so, and overrules postgresql.conf.',
  ]
  if (made.length > 0)
    notes.push(
      `The original kept ${made.join(', ')} outside of its data directory. Plain ones were made; the original's are in the base backup.`,
    )
  return notes
}

/** A server refuses files of another user, and to be started by root. */
async function giveToOwner(directory: string, paths: string[], run: RunContext): Promise<string[]> {
  if (process.getuid?.() !== 0) return []
  const { uid, gid } = await stat(dirname(directory))
  if (uid === 0) return [`It belongs to root: chown it to the user that the server runs as before the start.`]
  for (const path of paths) {
    await chown(path, uid, gid)
    const command = runCommand({ file: 'chown', args: ['-R', '-h', `${uid}:${gid}`, '--', path], cwd: '/' }, run)
    command.stdout.resume()
    await command.exited
  }
  return []
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : '')
const isFull = (error: unknown) => ['ENOSPC', 'EDQUOT'].includes(codeOf(error))

const full = (directory: string, cause: unknown) =>
  new HoldfastError('target-full', `The disk of ${directory} is full.`, {
    remedy: 'Make room, or choose a folder on another disk.',
    cause,
  })

const unlike = (what: string, cause?: unknown) =>
  new HoldfastError('recovery-failed', `The recovered data directory is not as a server leaves it: ${what}.`, { cause })
