import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Lsn } from '@/lib/core/log/lsn'
import { parseLsn } from '@/lib/core/log/lsn'
import type { StoredLog } from '@/lib/core/recovery/stored-log'
import { makeRandom } from '@/test/helpers/random'
import { type Commit, type Lab, openLab, planIn, recoveredIds, recovering } from './lab'

const random = makeRandom(Date.now())

describe.each([
  { major: 15 as const, segmentMb: 16, count: 60 },
  { major: 17 as const, segmentMb: 16, count: 60 },
  { major: 15 as const, segmentMb: 64, count: 90 },
])('recovery on PostgreSQL $major with segments of $segmentMb MB', ({ major, segmentMb, count }) => {
  let lab: Lab
  let log: StoredLog
  const names: { name: string; position: Lsn; time: Date; ids: number }[] = []

  const restorePoint = async (name: string) => {
    const [before] = await lab.primary.sql('SELECT pg_current_wal_insert_lsn()::text AS lsn')
    await lab.primary.sql(`SELECT pg_create_restore_point($n$${name}$n$)`)
    names.push({ name, position: parseLsn(String(before?.lsn)), time: new Date(), ids: lab.commits.length })
  }

  beforeAll(async () => {
    lab = await openLab({ major, segmentMb })
    await lab.commit(5)
    await lab.base()
    await lab.commit(count)
    await restorePoint('first point')
    await lab.commit(count)
    await lab.base()
    await lab.commit(count)
    await restorePoint("it's the second")
    await lab.commit(count)
    log = { bases: lab.bases, ranges: [await lab.archived()], histories: [] }
    // What comes later is stored as well, and not part of what was planned.
    await lab.commit(3)
    await lab.archived()
  })
  afterAll(() => lab?.close())

  const planned = () => lab.commits.slice(0, 5 + 4 * count)
  const some = (): Commit => random.pick(planned().slice(8, -2))
  const upTo = (isIn: (commit: Commit) => boolean) =>
    planned()
      .filter(isIn)
      .map(({ id }) => id)

  it('of a random place has exactly the transactions committed before it', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { after } = some()
      const { ids } = await recoveredIds(lab, planIn(log, { type: 'lsn', lsn: after }))
      expect(ids, `seed ${random.seed}`).toEqual(upTo((commit) => commit.after <= after))
    }
  })

  it('of a random time has exactly the transactions committed up to it (fault 62)', async () => {
    for (let round = 0; round < 3; round += 1) {
      const chosen = some()
      const time = new Date(Number(chosen.at / 1000n) + random.below(3))
      const { ids } = await recoveredIds(lab, planIn(log, { type: 'time', time }))
      expect(ids, `seed ${random.seed}`).toEqual(upTo(({ at }) => at <= BigInt(time.getTime()) * 1000n))
    }
  })

  it('of a random transaction has it and those before', async () => {
    const { id, xid, after, at } = some()
    const found = { position: after - 1n, time: new Date(Number(at / 1000n)) }
    const plan = planIn(log, { type: 'xid', xid, found })
    await recovering(lab, { plan }, (recovered, error) => {
      expect(error).toBeNull()
      expect(recovered?.ids).toEqual(upTo((commit) => commit.id <= id))
      expect(recovered?.reached.xid).toBe(xid)
      return Promise.resolve()
    })
  })

  it('of a named restore point has what was committed before it', async () => {
    for (const { name, position, time, ids } of names) {
      const result = await recoveredIds(lab, planIn(log, { type: 'name', name, found: { position, time } }))
      expect(result.ids).toEqual(upTo((commit) => commit.id <= ids))
    }
  })

  it('of the latest state has all that was planned, and not what was stored since', async () => {
    const { ids } = await recoveredIds(lab, planIn(log, { type: 'latest' }))
    expect(ids).toEqual(upTo(() => true))
  })

  it('of a time after the last commit is the latest state (fault 89)', async () => {
    const time = log.ranges[0]?.coveredUntil ?? new Date()
    const plan = planIn(log, { type: 'time', time })
    expect(plan.reaches.as).toBe('latest')
    expect((await recoveredIds(lab, plan)).ids).toEqual(upTo(() => true))
  })

  it('of a place in the last record is the end of the log, which no record begins after', async () => {
    const end = log.ranges[0]?.to ?? 0n
    const plan = planIn(log, { type: 'lsn', lsn: end - 1n })
    expect(plan.reaches.as).toBe('lsn')
    expect((await recoveredIds(lab, plan)).ids).toEqual(upTo(() => true))
  })

  it('of an immediate end is the end of the newest base backup', async () => {
    const { end } = lab.bases[1] ?? { end: 0n }
    const { ids } = await recoveredIds(lab, planIn(log, { type: 'immediate' }))
    expect(ids).toEqual(upTo(({ after }) => after <= end))
  })

  it('is checked as a superuser, which the role of the source need not be or still exist', async () => {
    const plan = planIn(log, { type: 'immediate' })
    for (const user of ['reader', 'dropped before']) {
      await recovering(lab, { plan, user }, (recovered, error) => {
        expect(error).toBeNull()
        expect(recovered?.source.connection).toMatchObject({ user: 'postgres' })
        return Promise.resolve()
      })
    }
  })

  it('for a look stays at its target, and can only be read', async () => {
    const { id, after } = some()
    const plan = planIn(log, { type: 'lsn', lsn: after })
    await recovering(lab, { plan, use: 'look' }, async (recovered, error) => {
      expect(error).toBeNull()
      expect(recovered).toMatchObject({ isPromoted: false, ids: upTo((commit) => commit.id <= id) })
      await expect(recovered?.ask('DELETE FROM acts')).rejects.toThrow(/recovery|read-only/)
      expect(await recovered?.ask('SELECT pg_is_in_recovery() AS r')).toEqual([{ r: true }])
    })
  })
})
