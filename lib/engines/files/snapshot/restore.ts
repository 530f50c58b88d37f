import { lstat, mkdir, realpath, rename, rmdir, unlink } from 'node:fs/promises'
import path from 'node:path'
import { type FilesTarget, filesTargetSchema } from '@/lib/contracts/engines/files'
import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { newPlace } from '@/lib/places/new-place'
import { openScratch } from '@/lib/places/scratch'
import type { RestoreInput } from '@/lib/ports/backup-method'
import type { CommandSpec } from '@/lib/ports/process'
import type { RunContext } from '@/lib/ports/run-context'
import { confineTool } from '@/lib/sandbox/confine-tool'
import type { KeepOut } from '@/lib/ports/sandbox'
import { place } from '../tree/scan'
import { slash, type TreePath } from '../tree/tree-path'
import { tarVersion } from '../tar-version'
import { type Gathered, gather, type Wanted } from './chain'
import { checkNames, checkWay, checkWays } from './check-way'
import { extractTar, restoreCapabilities, withAttributes } from './extract-tar'
import { openEntries, isWorthIt } from './open-entries'

/** What is written under it becomes the target. */
const name = 'restored'

/**
 * Restores into a new folder, or instead of one that exists: beside it first, and then by renaming, so that what was there stays
 * under another name until somebody removes it. On failure and on abort what was written is removed.
 */
export async function restore(input: RestoreInput, run: RunContext): Promise<{ warnings: string[] }> {
  const target = filesTargetSchema.parse(input.target)
  await checkTarget(target, input.keepOut)
  await tarVersion(run)
  const stamp = run.clock
    .now()
    .toISOString()
    .replace(/[-:]|\.\d+/g, '')
  const swaps = target.mode === 'in-place'
  const made = await newPlace(swaps ? `${target.path}.restored-${stamp}` : target.path, input.keepOut.paths)
  const lists = await openScratch()
  try {
    const only = target.only?.map((one) => Buffer.from(one.replace(/^(\.?\/)+|\/+$/g, ''))) ?? null
    const gathered = await gather({ backup: input, before: input.before ?? [], only, folder: lists.folder }, run)
    if (only && gathered.files + gathered.folders <= 1) throw nothingOf(target.only ?? [])
    await checkBytes(input, gathered.archives, only !== null, run)
    const into = path.join(made.incomplete, name)
    await mkdir(into, { mode: 0o700 })
    await unpack(gathered, into, run)
    run.signal.throwIfAborted()
    await made.finish(name)
    const warnings =
      process.getuid?.() === 0
        ? []
        : ['The files belong to the user of the worker: only root may give them their owners.']
    if (swaps) warnings.push(await swap(target.path, stamp))
    return { warnings }
  } finally {
    await lists.close()
    await made.close()
  }
}

/** Nothing is written outside of the folder, whatever links the archives have. */
async function unpack(gathered: Gathered, into: string, run: RunContext): Promise<void> {
  const folder = { path: into, is: await lstat(into, { bigint: true }), as: 'write' as const }
  const room = await confineTool({ file: 'tar', capabilities: restoreCapabilities, folder }, run)
  if (room.lacking !== null) run.logger.warn(room.lacking)
  const isOfFolders = ({ part }: Wanted) => part.role === 'folders'
  const take = async (wanted: Wanted) => {
    run.progress({ phase: 'restoring', doneBytes: 0, totalBytes: gathered.bytes })
    await checkWays(into, wanted.entriesFile)
    // Folders get their rights with the last archive: some of them may not be entered then.
    if (room.by === 'nothing' && isOfFolders(wanted)) await checkNames(into, run)
    const files = [{ as: 'read' as const, path: wanted.listFile }]
    const command = (spec: CommandSpec) => room.command(spec, { folder, files })
    await extractTar({ wanted, into, options: withAttributes, command }, run)
  }
  for (const wanted of gathered.archives.filter((each) => !isOfFolders(each))) await take(wanted)
  for (const extra of gathered.extra) await removeExtra(into, extra)
  // Last, so that nothing changes the times of folders any more.
  for (const wanted of gathered.archives.filter(isOfFolders)) await take(wanted)
}

/** With the folders that are empty then: those that are wanted are made by the archive of folders. */
async function removeExtra(into: string, extra: TreePath): Promise<void> {
  await checkWay(into, extra.subarray(0, Math.max(0, extra.lastIndexOf(slash))))
  await unlink(place(into, extra))
  for (let end = extra.lastIndexOf(slash); end > 0; end = extra.lastIndexOf(slash, end - 1)) {
    const removed = await rmdir(place(into, extra.subarray(0, end))).then(
      () => true,
      () => false,
    )
    if (!removed) return
  }
}

async function checkTarget({ mode, path: asked, confirm, only }: FilesTarget, { paths }: KeepOut): Promise<void> {
  if (mode === 'new') return
  if (only) throw unfit('Single files are restored into a new folder.', 'Choose a new folder, and copy what you need.')
  const info = await lstat(asked).catch(() => null)
  if (!info?.isDirectory()) throw unfit(`${asked} is no folder that could be replaced.`, 'Restore into a new folder.')
  const real = await realpath(asked)
  const own = paths.find((one) => one === real || one.startsWith(`${real}/`))
  if (own !== undefined)
    throw unfit(`${asked} has in it what belongs to Holdfast: ${own}.`, 'Restore into a new folder.')
  if (confirm !== asked) {
    throw unfit(`Replacing ${asked} has to be confirmed.`, `Send its path once more as "confirm": ${asked}.`)
  }
}

const unfit = (message: string, remedy: string) => new HoldfastError('target-unfit', message, { remedy })
const nothingOf = (asked: string[]) =>
  unfit(
    `The backup has none of: ${asked.slice(0, 5).join(', ')}.`,
    'Name paths below the folder that was backed up, as its index has them.',
  )

/**
 * Every byte that is needed is right, before the first is written. An archive of which little is wanted is not read whole for that:
 * its entries are compared with the index while they are read.
 */
async function checkBytes(input: RestoreInput, archives: Wanted[], some: boolean, run: RunContext): Promise<void> {
  for (const backup of [...(input.before ?? []), input]) {
    const whole: ManifestPart[] = []
    for (const wanted of archives.filter((each) => each.backup === backup)) {
      const ranges = some && isWorthIt(wanted) ? await backup.ranges?.(wanted.part, run) : null
      if (ranges) wanted.open = async (scope) => openEntries(wanted, ranges, scope)
      else whole.push(wanted.part)
    }
    if (whole.length > 0) await backup.check(whole, run)
  }
}

/** Two renames; when the second fails, the first is taken back. Answers where the old folder is. */
async function swap(asked: string, stamp: string): Promise<string> {
  const into = await realpath(asked)
  const aside = `${into}.before-restore-${stamp}`
  try {
    await rename(into, aside)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (code !== 'EBUSY' && code !== 'EXDEV') throw error
    throw new HoldfastError('target-unfit', `${into} is a file system of its own and cannot be renamed.`, {
      remedy: `What was restored is in ${asked}.restored-${stamp}. Move from there what you need.`,
      cause: error,
    })
  }
  try {
    await rename(`${asked}.restored-${stamp}`, into)
  } catch (error) {
    await rename(aside, into)
    throw error
  }
  return `What was in ${into} before is kept as ${aside}. Remove it when you no longer need it.`
}
