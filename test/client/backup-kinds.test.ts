import { describe, expect, it } from 'vitest'
import { scheduleOptionsSchema } from '@/lib/contracts/schedule'
import { engineContracts, methodOf } from '@/lib/contracts/engines/index'
import { kindChoices, offeredKind } from '@/lib/client/backup-kinds'
import { timingBody, timingValues } from '@/components/schedules/timing-values'

const engines = Object.keys(engineContracts)
const sets = engines.flatMap((one) => engines.map((other) => [one, other] as const))

describe('the kinds of backup that people choose from', () => {
  it.each(sets)('of %s and %s are those that every source can take, with the usual one by no name', (...both) => {
    const offered = kindChoices(both)
    const kinds = new Set(both.flatMap((engine) => engineContracts[engine as 'files'].methods.map(({ kind }) => kind)))
    // Judged by what the API would refuse.
    const common = [...kinds].filter((kind) =>
      both.every((engine) => {
        try {
          return methodOf(engine, kind)
        } catch {
          return false
        }
      }),
    )
    if (common.length < 2) expect(offered).toBeNull()
    else expect(offered?.choices).toHaveLength(common.length)
    for (const { value } of offered?.choices ?? [])
      for (const engine of both) expect(() => methodOf(engine, value || null)).not.toThrow()
    const unnamed = offered?.choices.filter(({ value }) => value === '') ?? []
    expect(unnamed.map(({ label }) => label)).toEqual(offered ? [methodOf(both[0], null).title] : [])
  })

  it('of files are full, which is the usual, and incremental', () => {
    expect(kindChoices(['files'])?.choices).toEqual([
      { value: '', label: 'Full' },
      { value: 'incremental', label: 'Incremental' },
    ])
    expect(kindChoices(['files'])?.hint).toMatch(/a full one is taken/)
    for (const nothing of [['postgres'], ['sqlite'], ['files', 'postgres'], ['of another version'], []])
      expect(kindChoices(nothing)).toBeNull()
  })

  it('are given up when another source is chosen that does not have them', () => {
    expect(offeredKind('incremental', ['files'])).toBe('incremental')
    expect(offeredKind('incremental', ['files', 'postgres'])).toBe('')
    expect(offeredKind('incremental', ['postgres'])).toBe('')
    expect(offeredKind('incremental', [])).toBe('incremental')
  })

  it('are sent by the form of a schedule and a policy as long as its sources have them', () => {
    const usual = { destinationIds: [], retentionPolicyId: null }
    const values = timingValues(undefined, usual, ['files'])
    expect(timingBody(values, ['files']).options.method).toBeNull()
    const chosen = { ...values, options: { ...values.options, method: 'incremental' as const } }
    expect(timingBody(chosen, ['files']).options.method).toBe('incremental')
    expect(timingBody(chosen, ['files', 'postgres']).options.method).toBeNull()
    const named = scheduleOptionsSchema.parse({ method: 'snapshot' })
    const stored = { ...timingBody(values, ['files']), options: named } as Parameters<typeof timingValues>[0]
    expect(timingValues(stored, usual, ['files']).options.method).toBe('')
  })
})
