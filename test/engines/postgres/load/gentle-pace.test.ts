import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GentleStage, Pace } from '@/lib/engines/postgres/load/gentle-stage'
import { startLoadWatch } from '@/lib/engines/postgres/load/load-watch'
import { fastestPace, gentleManners, nextPace, usualManners } from '@/lib/engines/postgres/load/next-pace'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { makeTestRun } from '@/test/helpers/run-context'
import { waitFor } from '@/test/helpers/wait-for'

const mega = 1_000_000
const quiet = { activeSessions: 0, transactionsPerSecond: 1, cpuIdle: 0.1 }
const busy = { activeSessions: 2, transactionsPerSecond: 900, cpuIdle: 0.1 }

const slowestPace = gentleManners.slowest

describe('the pace of a gentle backup', () => {
  it.each([
    ['doubles while nobody else works, however busy we are ourselves', 8 * mega, quiet, 16 * mega],
    ['has an end', fastestPace, quiet, fastestPace],
    ['drops to the slowest at once when others work', fastestPace, busy, slowestPace],
    ['takes many short transactions for work, too', fastestPace, { ...busy, activeSessions: 0 }, slowestPace],
    ['drops less when the server is on another machine', 50 * mega, { ...busy, cpuIdle: null }, 2 * slowestPace],
    ['grows slowly beside others while most of the CPU is idle', 8 * mega, { ...busy, cpuIdle: 0.8 }, 10 * mega],
    ['stays beside others while some of the CPU is idle', 8 * mega, { ...busy, cpuIdle: 0.55 }, 8 * mega],
    ['is bounded beside others', fastestPace, { ...busy, cpuIdle: 0.8 }, 32 * mega],
  ])('%s', (_name, current, load, expected) => {
    expect(nextPace(current, load, gentleManners)).toBe(expected)
  })

  it.each([
    ['has no limit while nobody else works', fastestPace, quiet, fastestPace],
    ['has none beside others while the CPU has room', fastestPace, { ...busy, cpuIdle: 0.4 }, fastestPace],
    ['drops to that of a plain pg_dump when it has not', fastestPace, busy, 12 * mega],
    ['is bounded when the server is on another machine', fastestPace, { ...busy, cpuIdle: null }, 48 * mega],
    [
      'takes the few transactions of its own beginning for quiet',
      fastestPace,
      { ...quiet, transactionsPerSecond: 60 },
      fastestPace,
    ],
    ['is back within seconds when the others have gone', 12 * mega, quiet, 96 * mega],
    ['comes back step by step', 16 * mega, { ...busy, cpuIdle: 0.5 }, 20 * mega],
  ])('of a usual backup %s', (_name, current, load, expected) => {
    expect(nextPace(current, load, usualManners)).toBe(expected)
  })

  it('holds several streams to it together, and changes while they flow', async () => {
    const pace = new Pace(4 * mega)
    const chunk = Buffer.alloc(100_000)
    const started = performance.now()
    const pass = () =>
      pipeline(Readable.from(Array.from({ length: 20 }, () => chunk)), new GentleStage(pace), async (chunks) => {
        let bytes = 0
        for await (const part of chunks) bytes += Buffer.from(part).length
        return bytes
      })
    expect(await Promise.all([pass(), pass()])).toEqual([2 * mega, 2 * mega])
    const atPaceMs = performance.now() - started
    expect(atPaceMs).toBeGreaterThan(900)
    pace.bytesPerSecond = fastestPace
    const again = performance.now()
    await pass()
    expect(performance.now() - again).toBeLessThan(atPaceMs / 2)
  })

  it('ends at once when the stream is destroyed while it waits', async () => {
    const stage = new GentleStage(new Pace(1))
    stage.on('error', () => undefined)
    const reading = pipeline(Readable.from([Buffer.alloc(10), Buffer.alloc(10)]), stage, async (chunks) => {
      for await (const _ of chunks) stage.destroy(new Error('stopped'))
    })
    await expect(reading).rejects.toThrow('stopped')
  })
})

describe('the guard of a gentle backup', () => {
  let pg: TestPostgres

  beforeAll(async () => {
    pg = await startPostgres()
    await pg.sql('CREATE ROLE narrow LOGIN')
  })
  afterAll(() => pg?.close())

  it('speeds up on an idle server and slows down when somebody works', async () => {
    const run = makeTestRun()
    const guard = await startLoadWatch(pg.source(), gentleManners, run)
    try {
      expect(guard.warnings).toEqual([])
      await waitFor('a faster pace', () => guard.pace() > 32 * mega)
      const worker = await pg.connect()
      const working = worker.query('SELECT count(*) FROM generate_series(1, 1000000000)').catch(() => undefined)
      const [{ pid } = {}] = await pg.sql(
        "SELECT pid FROM pg_stat_activity WHERE query LIKE '%generate_series%' LIMIT 1",
      )
      // One query on a machine with idle cores is bounded, on a full one it gets the slowest pace.
      await waitFor('a slower pace', () => guard.pace() <= 32 * mega)
      await pg.sql(`SELECT pg_cancel_backend(${String(pid)})`)
      await working
      await waitFor('a faster pace again', () => guard.pace() > 32 * mega)
    } finally {
      await guard.stop()
    }
    await waitFor('the guard to be gone', async () => {
      const rows = await pg.sql("SELECT FROM pg_stat_activity WHERE application_name = 'holdfast'")
      return rows.length === 0
    })
  })

  it('says what it cannot see, and sees transactions nevertheless', async () => {
    const guard = await startLoadWatch(pg.source({ connection: { user: 'narrow' } }), gentleManners, makeTestRun())
    try {
      expect(guard.warnings).toEqual([expect.stringContaining('grant pg_read_all_stats to narrow')])
      await waitFor('a faster pace', () => guard.pace() > 32 * mega)
      const busyClient = await pg.connect()
      await waitFor('a slower pace', async () => {
        for (let index = 0; index < 100; index += 1) await busyClient.query('SELECT 1')
        return guard.pace() <= 32 * mega
      })
    } finally {
      await guard.stop()
    }
  })

  it('stays slow while the server cannot be reached, and comes back', async () => {
    const guard = await startLoadWatch(pg.source(), gentleManners, makeTestRun())
    try {
      await waitFor('a faster pace', () => guard.pace() > slowestPace)
      await pg.stop()
      await waitFor('the slowest pace', () => guard.pace() === slowestPace)
      await pg.start()
      await waitFor('a faster pace again', () => guard.pace() > slowestPace)
    } finally {
      await guard.stop()
    }
  })

  it('ends with the reason of an abort', async () => {
    const run = makeTestRun()
    const reason = new Error('cancelled by a person')
    run.abort(reason)
    await expect(startLoadWatch(pg.source(), gentleManners, run)).rejects.toBe(reason)
  })
})
