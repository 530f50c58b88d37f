import { lstat, mkdir, mkdtemp, readdir, realpath, rename, rm, rmdir, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type FilesTarget, filesTargetSchema } from '@/lib/contracts/engines/files'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RestoreInput } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { KeepOut } from '@/lib/ports/sandbox'
import { place } from '../tree/scan'
import { tarVersion } from '../tar-version'
import { gather } from './chain'
import { extractTar, withAttributes } from './extract-tar'

const incompleteSuffix = '.holdfast-incomplete'

/**
 * Restores into a new folder, or instead of one that exists: beside it first, and then by renaming, so that what was there stays
 * under another name until somebody removes it. On failure and on abort what was written is removed.
 */
export async function restore(input: RestoreInput, run: RunContext): Promise<{ warnings: string[] }> {
  const target = filesTargetSchema.parse(input.target)
  const parent = await parentOf(target.path)
  const into = path.join(parent, path.basename(target.path))
  refuseOwn(into, input.keepOut)
  await checkTarget(target, into)
  await tarVersion(run)
  const incomplete = `${into}${incompleteSuffix}`
  await removeLeftover(incomplete)
  const lists = await mkdtemp(path.join(tmpdir(), 'holdfast-restore-'))
  let written: string | null = null
  try {
    const only = target.only?.map((one) => Buffer.from(one.replace(/^(\.?\/)+|\/+$/g, ''))) ?? null
    const gathered = await gather({ backup: input, before: input.before ?? [], only, folder: lists }, run)
    if (only && gathered.files + gathered.folders <= 1) throw nothingOf(target.only ?? [])
    await checkBytes(input, gathered.archives, run)
    await mkdir(incomplete, { mode: 0o700 })
    written = incomplete
    const totalBytes = gathered.bytes
    for (const wanted of gathered.archives) {
      run.progress({ phase: 'restoring', doneBytes: 0, totalBytes })
      await extractTar({ wanted, into: incomplete, options: withAttributes, command: (spec) => spec }, run)
    }
    for (const extra of gathered.extra) await unlink(place(incomplete, extra))
    run.signal.throwIfAborted()
    const warnings =
      process.getuid?.() === 0
        ? []
        : ['The files belong to the user of the worker: only root may give them their owners.']
    if (target.mode === 'new') await moveToNew(incomplete, into)
    else warnings.push(await swap(incomplete, into, run))
    written = null
    return { warnings }
  } finally {
    await rm(lists, { recursive: true, force: true })
    if (written !== null) await rm(written, { recursive: true, force: true })
  }
}

/** The folder that it goes into, by its real name. */
async function parentOf(target: string): Promise<string> {
  try {
    return await realpath(path.dirname(target))
  } catch (error) {
    throw new HoldfastError(
      'target-unfit',
      `The folder ${path.dirname(target)} does not exist on the worker's machine.`,
      {
        remedy: 'Make it, or choose another place.',
        cause: error,
      },
    )
  }
}

/** What belongs to this instance is never written into, nor put aside. */
function refuseOwn(into: string, { paths }: KeepOut): void {
  const within = (inner: string, outer: string) =>
    inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`)
  const own = paths.find((one) => within(into, one) || within(one, into))
  if (own === undefined) return
  throw new HoldfastError('target-unfit', `${into} is a place of Holdfast's own, or one of its backups.`, {
    remedy: 'Choose a folder elsewhere.',
  })
}

async function checkTarget({ mode, path: asked, confirm, only }: FilesTarget, into: string): Promise<void> {
  const info = await lstat(into).catch(() => null)
  if (mode === 'new') {
    if (info) throw targetExists(into)
    return
  }
  if (only) throw unfit('Single files are restored into a new folder.', 'Choose a new folder, and copy what you need.')
  if (!info?.isDirectory()) throw unfit(`${into} is no folder that could be replaced.`, 'Restore into a new folder.')
  if (confirm !== asked) {
    throw unfit(`Replacing ${asked} has to be confirmed.`, `Send its path once more as "confirm": ${asked}.`)
  }
}

const unfit = (message: string, remedy: string) => new HoldfastError('target-unfit', message, { remedy })
const targetExists = (into: string) =>
  new HoldfastError('target-exists', `${into} exists already; nothing was written.`, {
    remedy: 'Choose a name that does not exist yet.',
  })
const nothingOf = (asked: string[]) =>
  new HoldfastError('target-unfit', `The backup has none of: ${asked.slice(0, 5).join(', ')}.`, {
    remedy: 'Name paths below the folder that was backed up, as its index has them.',
  })

/** What an earlier attempt left. */
async function removeLeftover(incomplete: string): Promise<void> {
  await rm(incomplete, { recursive: true, force: true })
}

/** Every byte that is needed is right, before the first is written. */
async function checkBytes(
  input: RestoreInput,
  archives: Awaited<ReturnType<typeof gather>>['archives'],
  run: RunContext,
): Promise<void> {
  for (const backup of [...(input.before ?? []), input]) {
    const parts = archives.filter((wanted) => wanted.backup === backup).map(({ part }) => part)
    if (parts.length > 0) await backup.check(parts, run)
  }
}

/** The name is taken by making it, which fails where it exists; an empty folder of ours may then be replaced. */
async function moveToNew(incomplete: string, into: string): Promise<void> {
  try {
    await mkdir(into, { mode: 0o700 })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw targetExists(into)
    throw error
  }
  try {
    await rename(incomplete, into)
  } catch (error) {
    await rmdir(into).catch(() => undefined)
    throw error
  }
}

/** Two renames; when the second fails, the first is taken back. Answers where the old folder is. */
async function swap(incomplete: string, into: string, run: RunContext): Promise<string> {
  const stamp = run.clock
    .now()
    .toISOString()
    .replace(/[-:]|\.\d+/g, '')
  const aside = `${into}.before-restore-${stamp}`
  if ((await readdir(path.dirname(aside))).includes(path.basename(aside))) throw targetExists(aside)
  try {
    await rename(into, aside)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (code !== 'EBUSY' && code !== 'EXDEV') throw error
    throw new HoldfastError('target-unfit', `${into} is a file system of its own and cannot be renamed.`, {
      remedy: 'Restore into a new folder in it, and move what you need.',
      cause: error,
    })
  }
  try {
    await rename(incomplete, into)
  } catch (error) {
    await rename(aside, into)
    throw error
  }
  return `What was in ${into} before is kept as ${aside}. Remove it when you no longer need it.`
}
