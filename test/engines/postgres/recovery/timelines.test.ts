import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { windowsOf } from '@/lib/core/recovery/windows'
import type { StoredLog } from '@/lib/core/recovery/stored-log'
import { type Standby, startStandby } from '@/test/helpers/servers/standby'
import { historiesIn, type Lab, openLab, planIn, recoveredIds, recovering } from './lab'

const one = '00000001'
const two = '00000002'

describe('recovery after a failover', () => {
  let lab: Lab
  let standby: Standby
  let log: StoredLog
  let fork = 0n

  beforeAll(async () => {
    lab = await openLab({ major: 15 })
    await lab.base()
    await lab.commit(40)
    // It does not archive before its promotion.
    standby = await startStandby(lab.primary, lab.settings)
    await lab.commit(40)
    await standby.caughtUp()
    await standby.promote()
    const after = { sql: (text: string) => standby.sql(text), timeline: two }
    await lab.commit(70, after)
    const newer = await lab.archived(after)
    // The old primary does not know that it is none any more, and writes on.
    await lab.commit(30)
    const older = await lab.archived()
    const histories = historiesIn(lab)
    fork = histories.find(({ timeline }) => timeline === two)?.ancestors.at(-1)?.fork ?? 0n
    const segmentBytes = BigInt(lab.segmentBytes)
    log = {
      bases: lab.bases,
      histories,
      // The segment with the fork is the first of the new timeline.
      ranges: [older, { ...newer, from: (fork / segmentBytes) * segmentBytes }],
    }
  })
  afterAll(async () => {
    await standby?.close()
    await lab?.close()
  })

  /** What a timeline has, by the transactions themselves: those before the fork are its too. */
  const upTo = (timeline: string, place: bigint) =>
    lab.commits
      .filter((commit) => commit.after <= place && (commit.timeline === timeline || commit.after <= fork))
      .map(({ id }) => id)
  const placesOn = (timeline: string) => {
    const own = lab.commits.filter((commit) => commit.timeline === timeline && commit.after > fork)
    return [own[0], own[Math.floor(own.length / 2)], own.at(-2)].map((commit) => commit?.after ?? 0n)
  }

  it('has a window on each timeline, from one base backup', () => {
    const { windows, gaps } = windowsOf(log)
    expect(gaps).toEqual([])
    expect(windows).toMatchObject([
      { timeline: one, from: lab.bases[0]?.end, baseIds: ['base-1'] },
      { timeline: two, from: fork, baseIds: ['base-1'] },
    ])
  })

  it.each([one, two])(
    'reaches points on timeline %s, with exactly what was committed there (fault 58)',
    async (timeline) => {
      for (const lsn of placesOn(timeline)) {
        const { ids, reached } = await recoveredIds(lab, planIn(log, { type: 'lsn', lsn, timeline }))
        expect(ids).toEqual(upTo(timeline, lsn))
        expect(reached.split(' ')[0]).toBe(timeline)
      }
    },
  )

  it('reaches a point before the fork on the way to either', async () => {
    const lsn = lab.commits[60]?.after ?? 0n
    for (const timeline of [one, two]) {
      const { ids, reached } = await recoveredIds(lab, planIn(log, { type: 'lsn', lsn, timeline }))
      expect(ids).toEqual(upTo(one, lsn))
      expect(reached.split(' ')[0]).toBe(one)
    }
  })

  it('ends at the newest of the timeline that was asked for', async () => {
    for (const timeline of [one, two]) {
      const plan = planIn(log, { type: 'latest', timeline })
      const { ids } = await recoveredIds(lab, plan)
      expect(ids).toEqual(upTo(timeline, plan.reaches.position ?? 0n))
    }
    expect(planIn(log, { type: 'latest' }).timeline).toBe(two)
  })

  it('never goes on in the log of the old primary where the new one is missing', async () => {
    const plan = planIn(log, { type: 'latest', timeline: two })
    const first = readdirSync(lab.archive).find((name) => name.startsWith(two) && name.length === 24)
    const missing = lab.reader((name) => (name === first ? Promise.resolve(null) : null))
    await recovering(lab, { plan, log: missing }, (recovered, error) => {
      expect([recovered, error]).toMatchObject([null, { code: 'recovery-failed', facts: { segment: first } }])
      return Promise.resolve()
    })
  })

  it('finds its way when the history is not stored any more', async () => {
    const plan = planIn(log, { type: 'latest', timeline: two })
    rmSync(join(lab.archive, `${two}.history`))
    expect((await recoveredIds(lab, plan)).ids).toEqual(upTo(two, plan.reaches.position ?? 0n))
  })
})
