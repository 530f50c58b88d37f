import { mkdir, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import { sqliteTargetSchema } from '@/lib/contracts/engines/sqlite'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RestoreInput } from '@/lib/ports/backup-method'
import type { Confinement } from '@/lib/ports/sandbox'
import type { RunContext } from '@/lib/ports/run-context'
import { quickSchema } from '../../reader/answers'
import { askReader, ReaderError } from '../../reader/ask-reader'
import { confined } from '../../reader/confined'
import { openRoom } from '../../reader/open-room'
import { dataParts, manifestFacts, partFacts } from '../facts'
import { writePart } from '../write-part'
import { newPlace } from '@/lib/places/new-place'
import { setAside } from './set-aside'

/** What is written under it becomes the target. */
const name = 'restored'

/**
 * Restores to a new file, or a pattern's databases to a new folder: beside it under a name that says that it is not
 * finished, checked, on the disk, and only then under its own. The files are the worker's user's and private (0600).
 */
export async function restore(input: RestoreInput, run: RunContext): Promise<{ warnings: string[] }> {
  const { path } = sqliteTargetSchema.parse(input.target)
  const parts = dataParts(input.manifest)
  const { pattern } = manifestFacts(input.manifest)
  const place = await newPlace(path, input.keepOut.paths)
  try {
    const totalBytes = parts.reduce((bytes, part) => bytes + part.sourceBytes, 0)
    await requireRoom(place.incomplete, totalBytes)
    run.progress({ phase: 'checking the stored bytes', doneBytes: 0, totalBytes })
    await input.check(parts, run)
    const files = parts.map((part) => ({
      part,
      file: join(place.incomplete, name, ...(pattern ? [partFacts(part).path] : [])),
    }))
    let doneBytes = 0
    for (const { part, file } of files) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      await writePart(input.open, part, file, run, (bytes) =>
        run.progress({ phase: 'writing', doneBytes: doneBytes + bytes, totalBytes }),
      )
      doneBytes += part.sourceBytes
    }
    const warnings = await check(files, input, run)
    run.signal.throwIfAborted()
    if (!pattern) warnings.push(...(await setAside(path, run.clock.now())))
    await place.finish(name)
    return { warnings }
  } catch (error) {
    run.signal.throwIfAborted()
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
    throw full(path, error)
  } finally {
    await place.close()
  }
}

/** A look at each file, kept apart; what the source itself had is a warning and no reason not to restore. */
async function check(
  files: { part: ManifestPart; file: string }[],
  { keepOut }: RestoreInput,
  run: RunContext,
): Promise<string[]> {
  const room = await openRoom(keepOut, run)
  try {
    if (!room.isApart)
      return ['The restored files were not opened: this machine cannot keep a process that reads them apart.']
    const warnings: string[] = []
    for (const { part, file } of files) {
      const { path, integrity: before } = partFacts(part)
      run.progress({ phase: `checking ${path}`, doneBytes: 0 })
      try {
        const integrity = (await room.lend(file, (confinement) => quickCheck(confinement, file, run))) ?? []
        if (integrity.length > 0 && before.length === 0) throw refused(path, integrity.join('; '))
        if (integrity.length > 0) warnings.push(`${path} is damaged as it was in the source: ${integrity[0] ?? ''}`)
      } catch (error) {
        if (!(error instanceof ReaderError)) throw error
        if (error.isDamage) throw refused(path, error.message)
        warnings.push(`${path} could not be checked: ${error.message}`)
      }
    }
    return warnings
  } finally {
    await room.close()
  }
}

async function quickCheck(confinement: Confinement, file: string, run: RunContext): Promise<string[]> {
  const confine = confined(confinement, file)
  return (await askReader({ do: 'quick', path: file }, quickSchema, run, { confine })).integrity
}

function refused(path: string, what: string): HoldfastError {
  return new HoldfastError('restore-failed', `SQLite finds the restored ${path} damaged: ${what}`, {
    remedy: 'Restore an older backup, and run a restore test of this one.',
  })
}

async function requireRoom(folder: string, needBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < needBytes) throw full(folder)
}

const full = (path: string, cause?: unknown) =>
  new HoldfastError('target-full', `The disk of ${path} has no room for what is restored.`, {
    remedy: 'Free space there, or restore to another disk.',
    cause,
  })
