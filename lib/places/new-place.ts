import { link, lstat, mkdir, mkdtemp, open, realpath, rename, rm, rmdir, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'

const exists = (path: string) => lstat(path).then(() => true, isAbsent)
const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : '')
const isAbsent = (error: unknown): false => {
  if (codeOf(error) === 'ENOENT') return false
  throw error
}

/** A place on this machine that does not exist yet. */
export interface NewPlace {
  /** Private, on the same file system, and named so that everybody sees that it is not finished. */
  incomplete: string
  /** Gives what was written under `name` in there its place; throws `target-exists` when something has come there meanwhile. */
  finish(name: string): Promise<void>
  /** Removes what is not finished. */
  close(): Promise<void>
}

/**
 * Refuses a place that exists (`target-exists`), that lies in no folder, or in one that is to be kept out of
 * (`target-invalid`), by whatever links it is named.
 */
export async function newPlace(path: string, keepOut: string[]): Promise<NewPlace> {
  const parent = await folderOf(path)
  const target = join(parent, basename(path))
  for (const kept of keepOut) {
    const real = await realpath(kept).catch(() => kept)
    if (target === real || target.startsWith(real.endsWith(sep) ? real : real + sep)) {
      throw new HoldfastError('target-invalid', `${path} lies in ${kept}, which Holdfast keeps for itself.`, {
        remedy: 'Choose a path elsewhere, and move the restored database from there.',
      })
    }
  }
  if (await exists(target)) throw taken(path)
  const made = mkdtemp(join(parent, `.${basename(path).slice(0, 100)}.holdfast-incomplete-`))
  const incomplete = await made.catch((error: unknown) => {
    throw new HoldfastError('target-invalid', `Nothing can be written to ${parent} (${codeOf(error)}).`, {
      remedy: "Choose a folder that the worker's user may write to.",
      cause: error,
    })
  })
  return {
    incomplete,
    finish: async (name) => {
      await give(join(incomplete, name), target, path)
      await sync(parent)
    },
    close: () => rm(incomplete, { recursive: true, force: true }),
  }
}

async function folderOf(path: string): Promise<string> {
  const parent = dirname(path)
  const real = await realpath(parent).catch(() => null)
  if (real !== null && (await stat(real)).isDirectory()) return real
  throw new HoldfastError('target-invalid', `There is no folder ${parent}.`, {
    remedy: 'Make it, or choose another. A restore makes the last name of the path only.',
  })
}

/** Without ever replacing anything: rename would. */
async function give(from: string, target: string, path: string): Promise<void> {
  if ((await lstat(from)).isDirectory()) {
    // A folder replaces an empty one only, and this one is made by us now or not at all.
    await mkdir(target, { mode: 0o700 }).catch(takenOr(path))
    await rename(from, target).catch(async (error: unknown) => {
      await rmdir(target).catch(() => undefined)
      return takenOr(path)(error)
    })
    return
  }
  try {
    await link(from, target)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw taken(path)
    // File systems without links: the name is taken by an empty file first.
    await (await open(target, 'wx', 0o600).catch(takenOr(path))).close()
    await rename(from, target)
    return
  }
  await unlink(from)
}

const takenOr = (path: string) => (error: unknown) => {
  throw ['EEXIST', 'ENOTEMPTY'].includes(codeOf(error)) ? taken(path) : error
}

function taken(path: string): HoldfastError {
  return new HoldfastError('target-exists', `There is something at ${path}.`, {
    remedy: 'Choose a path that is free. A restore never writes into what exists.',
  })
}

/** Names are on the disk only once their folder is. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
