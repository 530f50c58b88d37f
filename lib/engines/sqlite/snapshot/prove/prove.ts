import { join } from 'node:path'
import type { Check } from '@/lib/contracts/backup'
import { sqliteOptionsSchema } from '@/lib/contracts/engines/sqlite'
import type { ErrorCode } from '@/lib/contracts/error-code'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Proof, ProveInput } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import { openSandbox } from '@/lib/sandbox/open-sandbox'
import { examinedSchema } from '../../reader/answers'
import { askReader, ReaderError } from '../../reader/ask-reader'
import { confined } from '../../reader/confined'
import { dataParts, manifestFacts, partFacts } from '../facts'
import { writePart } from '../write-part'
import { askAssertions, type RestoredFile } from './ask-assertions'
import {
  contentHashes,
  criticalTables,
  foreignKeys,
  integrityCheck,
  objectInventory,
  type Pair,
  rowCounts,
} from './compare'

const spaceFloorBytes = 100 * 1024 * 1024
const expectationsSchema = sqliteOptionsSchema.pick({ assertions: true, criticalTables: true })
const damageCodes = new Set<ErrorCode>(['object-damaged', 'object-not-found', 'producer-truncated'])

/**
 * The restore test. The databases are written into a sandbox, and opened by confined processes only: a file can be made
 * to attack what reads it. Damage and differences are failed checks; what is missing on this machine is thrown.
 */
export async function prove(input: ProveInput, run: RunContext): Promise<Proof> {
  const parts = dataParts(input.manifest)
  const totalBytes = parts.reduce((bytes, part) => bytes + part.sourceBytes, 0)
  const steps: Record<string, number> = {}
  const evidence: Record<string, unknown> = { files: parts.length, archiveBytes: totalBytes, steps }
  const started = performance.now()
  const elapsed = () => Math.round(performance.now() - started)
  const failed = (before: string[], name: string, error: Error): Proof => ({
    checks: [...passed(before), { name, verdict: 'failed', detail: error.message }],
    evidence,
    restoreDurationMs: elapsed(),
  })
  run.progress({ phase: 'starting the sandbox', doneBytes: 0, totalBytes })
  const sandbox = await openSandbox({ ...input.sandbox, needBytes: totalBytes + spaceFloorBytes, programs: [] }, run)
  const { confinement, work } = sandbox
  evidence.confinement = confinement.report
  if (confinement.report.grade === 'none') evidence.acceptedUnconfined = true
  try {
    const pairs: Pair[] = []
    const files: RestoredFile[] = []
    steps.startMs = elapsed()
    try {
      manifestFacts(input.manifest)
      if (parts.length === 0) throw new HoldfastError('object-damaged', 'The manifest lists no database.')
      let doneBytes = 0
      for (const [index, part] of parts.entries()) {
        const file = join(work, `${index}.sqlite`)
        await writePart(input.open, part, file, run, (bytes) =>
          run.progress({ phase: 'restoring into the sandbox', doneBytes: doneBytes + bytes, totalBytes }),
        )
        doneBytes += part.sourceBytes
        await confinement.give(file)
        files.push({ called: partFacts(part).path, file, confine: confined(confinement, file) })
      }
    } catch (error) {
      run.signal.throwIfAborted()
      if (error instanceof HoldfastError && damageCodes.has(error.code)) return failed([], 'archive-readable', error)
      throw isFull(error) ? sandboxBroke('The disk of the sandbox is full.', error) : error
    }
    const restoreDurationMs = elapsed()
    steps.restoreMs = restoreDurationMs - (steps.startMs ?? 0)
    run.progress({ phase: 'comparing', doneBytes: totalBytes, totalBytes })
    const deep = input.level === 'comprehensive'
    for (const [index, part] of parts.entries()) {
      const database = files[index]
      if (!database) continue
      const { confine, file } = database
      try {
        const restored = await askReader({ do: 'examine', path: file, hashes: deep }, examinedSchema, run, { confine })
        pairs.push({ recorded: partFacts(part), restored })
      } catch (error) {
        run.signal.throwIfAborted()
        if (error instanceof ReaderError && error.isDamage) {
          return failed(
            ['archive-readable'],
            'restores-without-errors',
            new Error(`${database.called}: ${error.message}`),
          )
        }
        throw sandboxBroke(`${database.called} could not be read: ${textOf(error)}`, error)
      }
    }
    evidence.sandboxVersion = pairs[0]?.restored.version ?? null
    evidence.warnings = pairs.flatMap(({ recorded, restored }) =>
      restored.notes.map((note) => `${recorded.path}: ${note}`),
    )
    const { assertions, criticalTables: critical } = expectationsSchema.parse(input.expectations ?? {})
    const checks: Check[] = [
      ...passed(['archive-readable', 'restores-without-errors']),
      objectInventory(pairs),
      rowCounts(pairs),
      integrityCheck(pairs),
      foreignKeys(pairs),
      ...criticalTables(pairs, critical),
      ...(deep ? [contentHashes(pairs)] : []),
    ]
    if (deep) for (const database of files) checks.push(...(await askAssertions(database, assertions, run)))
    steps.checkMs = elapsed() - restoreDurationMs
    return { checks, evidence, restoreDurationMs: Math.max(1, restoreDurationMs) }
  } finally {
    await sandbox.stop()
  }
}

const passed = (names: string[]): Check[] => names.map((name) => ({ name, verdict: 'passed' }))
const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
const isFull = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOSPC'

/** A crash, a lack of memory or of disk decides nothing. */
function sandboxBroke(message: string, cause: unknown): HoldfastError {
  return new HoldfastError('sandbox-unavailable', message, {
    remedy: 'Look at the memory and the disk of this machine, and test again.',
    facts: cause instanceof HoldfastError ? cause.facts : {},
    cause,
  })
}
