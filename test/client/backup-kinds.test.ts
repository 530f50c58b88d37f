import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type BackupKind, backupKinds } from '@/lib/contracts/backup-kind'
import type { EngineContract } from '@/lib/contracts/engines/engine-contract'
import { engineContracts } from '@/lib/contracts/engines/index'
import { scheduleOptionsSchema } from '@/lib/contracts/schedule'
import { methodFor } from '@/lib/services/backup/method-for'
import { kindChoices, offeredKind, type KindSource, sourcesAmong } from '@/lib/client/backup-kinds'
import { timingBody, timingValues } from '@/components/schedules/timing-values'

const byDumps = { dumps: true, continuous: false }
const continuously = { dumps: false, continuous: true }
const byBoth = { dumps: true, continuous: true }
const dumped = (...engines: string[]): KindSource[] => engines.map((engine) => ({ engine, protection: byDumps }))
const followed = (protection: KindSource['protection']): KindSource => ({ engine: 'postgres', protection })

const sources = Object.entries(engineContracts).flatMap(([engine, contract]) =>
  (contract.followed ? [byDumps, continuously, byBoth] : [byDumps]).map((protection) => ({ engine, protection })),
)
const pairs = sources.flatMap((one) => sources.map((other) => [one, other]))

/** What the service takes; null: it refuses. */
function taken(source: KindSource, kind: BackupKind | null): BackupKind | null {
  try {
    return methodFor(source, kind).kind
  } catch {
    return null
  }
}

/** Offered is what the service takes for every one of them, with the usual one by no name. */
function expectWhatIsTaken(of: readonly KindSource[]): void {
  const common = backupKinds.filter((kind) => of.every((source) => taken(source, kind) === kind))
  const usual = new Set(of.map((source) => taken(source, null)))
  const named = common.filter((kind) => usual.size > 1 || !usual.has(kind))
  const values = kindChoices(of)?.choices.map(({ value }) => value)
  expect(values?.toSorted()).toEqual(common.length < 2 ? undefined : ['', ...named].toSorted())
}

/** With base backups and differences from them, as an engine with a log may have them. */
function withBaseBackups(): void {
  const contract: EngineContract = engineContracts.postgres
  const [dump] = contract.methods
  const spied = vi
    .spyOn(contract, 'methods', 'get')
    .mockReturnValue([
      dump,
      { kind: 'base', title: 'Base backup', needsLog: true },
      { kind: 'incremental', title: 'Incremental', needsLog: true, buildsOn: 'base' },
    ])
  onTestFinished(() => spied.mockRestore())
}

describe('the kinds of backup that people choose from', () => {
  it.each(pairs)('of %j and %j are those that every source can take, with the usual one by no name', (...both) => {
    expectWhatIsTaken(both)
  })

  it('of files are full, which is the usual, and incremental', () => {
    expect(kindChoices(dumped('files'))?.choices).toEqual([
      { value: '', label: 'Full' },
      { value: 'incremental', label: 'Incremental' },
    ])
    expect(kindChoices(dumped('files'))?.hint).toMatch(/a full one is taken/)
    for (const nothing of [['postgres'], ['sqlite'], ['files', 'postgres'], ['of another version'], []])
      expect(kindChoices(dumped(...nothing))).toBeNull()
  })

  it('leave out what needs the log, unless the log of every source is followed', () => {
    withBaseBackups()
    const [dumps, continuous, both] = [followed(byDumps), followed(continuously), followed(byBoth)]
    for (const one of [dumps, continuous, both])
      for (const other of [dumps, continuous, both]) expectWhatIsTaken([one, other])
    expect(kindChoices([dumps])).toBeNull()
    expect(kindChoices([dumps, both])).toBeNull()
    expect(kindChoices([both])?.choices).toEqual([
      { value: '', label: 'Dump' },
      { value: 'base', label: 'Base backup' },
      { value: 'incremental', label: 'Incremental' },
    ])
    const usual = kindChoices([continuous])?.choices.find(({ value }) => value === '')
    expect(usual?.label).toBe('Base backup')
    expect(kindChoices([continuous, both])?.choices[0]).toEqual({ value: '', label: 'As usual for each' })
    expect(offeredKind('base', [both])).toBe('base')
    expect(offeredKind('base', [both, dumps])).toBe('')
  })

  it('are given up when another source is chosen that does not have them', () => {
    expect(offeredKind('incremental', dumped('files'))).toBe('incremental')
    expect(offeredKind('incremental', dumped('files', 'postgres'))).toBe('')
    expect(offeredKind('incremental', dumped('postgres'))).toBe('')
    expect(offeredKind('incremental', [])).toBe('incremental')
  })

  it('are of the sources that are chosen, not of all there are', () => {
    const all = sources.map((source, index) => ({ ...source, id: String(index) }))
    expect(sourcesAmong(all, ['0', 'of none'])).toEqual([all[0]])
  })

  it('are sent by the form of a schedule and a policy as long as its sources have them', () => {
    const usual = { destinationIds: [], retentionPolicyId: null }
    const files = dumped('files')
    const values = timingValues(undefined, usual, files)
    expect(timingBody(values, files).options.method).toBeNull()
    const chosen = { ...values, options: { ...values.options, method: 'incremental' as const } }
    expect(timingBody(chosen, files).options.method).toBe('incremental')
    expect(timingBody(chosen, dumped('files', 'postgres')).options.method).toBeNull()
    const named = scheduleOptionsSchema.parse({ method: 'snapshot' })
    const stored = { ...timingBody(values, files), options: named } as Parameters<typeof timingValues>[0]
    expect(timingValues(stored, usual, files).options.method).toBe('')
  })
})
