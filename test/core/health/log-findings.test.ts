import { describe, expect, it } from 'vitest'
import { type FollowedLog, logFinding } from '@/lib/core/health/log-findings'
import { logRisk, muchKeptBytes, type KeptFor } from '@/lib/core/health/log-risk'
import { type KeptLog, rememberLook, timeToLossMs } from '@/lib/core/log/kept-log'

const gb = 1024 ** 3
const mb = 1024 ** 2
const start = Date.parse('2026-12-12T10:00:00.000Z')
const at = (seconds: number) => new Date(start + seconds * 1_000).toISOString()

const kept = (over: Partial<KeptLog> = {}): KeptLog => ({
  ...{ at: at(0), state: 'kept', because: null, bytes: mb, spareBytes: gb, limitBytes: gb, reader: 'holdfast' },
  ...{ limitName: 'max_slot_wal_keep_size', looks: [{ at: at(0), bytes: mb }] },
  ...over,
})

describe('a log that is behind its objective', () => {
  const log = (over: Partial<FollowedLog>) =>
    logFinding({
      ...{ name: 'shop', exposureMs: 30_000, sliceMs: 10_000, sinceMs: 3_600_000, isTold: false, error: null },
      ...{ behind: { is: true, forMs: 60_000 }, kept: null, ...over },
    })

  it.each([
    ['for a moment: not yet', { behind: { is: true, forMs: 19_999 } }, false],
    ['for a while', { behind: { is: true, forMs: 20_000 } }, true],
    ['within it, and never told', { behind: { is: false, forMs: 1_000 } }, false],
    ['told, and within it for a moment: it stays', { behind: { is: false, forMs: 59_999 }, isTold: true }, true],
    ['told, and within it for a minute', { behind: { is: false, forMs: 60_000 }, isTold: true }, false],
    ['told, and behind once more for a moment', { behind: { is: true, forMs: 0 }, isTold: true }, true],
    ['nothing stored, just begun', { exposureMs: null, sinceMs: 59_999 }, false],
    ['nothing stored for a minute', { exposureMs: null, sinceMs: 60_000 }, true],
  ])('%s', (_, over, isFound) => {
    expect(log(over) !== null).toBe(isFound)
  })

  it('says what the server does meanwhile and that nobody reads the slot', () => {
    expect(log({ kept: kept({ reader: null }) })?.body).toMatch(/up to 1 GiB \(max_slot.*Nobody reads its slot/)
    expect(log({ kept: kept({ limitBytes: null }) })?.body).toMatch(/without a limit/)
  })
})

describe('log that a server may lose', () => {
  const risk = (over: Partial<KeptLog>, more: Partial<KeptFor> = {}) =>
    logRisk({ name: 'shop', slot: 'holdfast_x', hasBegun: true, isTold: false, kept: kept(over), ...more })
  /** It grew by so much in five minutes. */
  const grown = (bytes: number) => ({
    bytes,
    looks: [
      { at: at(0), bytes: 0 },
      { at: at(300), bytes },
    ],
  })

  it.each<[string, Partial<KeptLog>, Partial<KeptFor>, RegExp | null]>([
    ['is followed', {}, {}, null],
    ['a role that is not shown who reads it', { reader: '' }, {}, null],
    [
      'lost',
      { state: 'lost', because: 'wal_removed', bytes: null, looks: [] },
      {},
      /is lost.*wal_removed.*new base backup/,
    ],
    ['no slot', { state: 'absent', bytes: null, looks: [] }, {}, /is gone/],
    ['no slot yet', { state: 'absent', bytes: null, looks: [] }, { hasBegun: false }, null],
    ['doomed', { state: 'doomed', spareBytes: -mb, reader: null }, {}, /next checkpoint.*Nobody reads.*Raise/],
    ['another reader', { reader: 'pg_receivewal' }, {}, /pg_receivewal reads/],
    ['grows, far from its limit', { ...grown(100 * mb), spareBytes: gb }, {}, null],
    ['the same while it is told', { ...grown(100 * mb), spareBytes: gb }, { isTold: true }, /about 1 hour/],
    ['half an hour left', { ...grown(100 * mb), spareBytes: 600 * mb, reader: null }, {}, /within about 30 minutes/],
    ['minutes left', { ...grown(100 * mb), spareBytes: 50 * mb }, {}, /within about 5 minutes.*more slowly/],
    ['no limit, little kept', { limitBytes: null, spareBytes: null, bytes: muchKeptBytes - 1 }, {}, null],
    ['no limit, much kept', { limitBytes: null, spareBytes: null, bytes: 10 * gb }, {}, /10 GiB .* cannot see/],
    ['no limit, far more', { limitBytes: null, spareBytes: null, bytes: 40 * gb }, {}, /More than 32 GiB/],
    ['told, a little less', { limitBytes: null, spareBytes: null, bytes: 9 * gb }, { isTold: true }, /About 10 GiB/],
    ['told, much less', { limitBytes: null, spareBytes: null, bytes: 7 * gb }, { isTold: true }, null],
  ])('%s', (_, over, more, words) => {
    const found = risk(over, more)
    if (words === null) expect(found).toBeNull()
    else expect(`${found?.title} ${found?.body}`).toMatch(words)
  })

  it('a disk that may fill is a warning, log that goes is critical', () => {
    expect(risk({ limitBytes: null, spareBytes: null, bytes: 20 * gb })?.severity).toBe('warning')
    expect(risk({ state: 'doomed' })?.severity).toBe('critical')
  })
})

describe('the pace at which log is kept', () => {
  const after = (looks: [number, number][]) =>
    looks.reduce<KeptLog | null>((before, [seconds, bytes]) => {
      const { looks: _, ...seen } = kept({ at: at(seconds), bytes, spareBytes: gb - bytes })
      return rememberLook(before, seen)
    }, null)

  it('forgets what is older than five minutes', () => {
    expect(
      after([
        [0, 1],
        [10, 2],
        [305, 3],
      ])?.looks.map(({ bytes }) => bytes),
    ).toEqual([2, 3])
  })

  it('is not judged by a pause of seconds, and by a burst at once', () => {
    const pause = timeToLossMs(
      after([
        [0, 0],
        [10, mb],
      ]) ?? kept(),
    )
    expect(pause).toBeGreaterThan(12 * 3_600_000)
    expect(
      timeToLossMs(
        after([
          [0, 0],
          [10, 900 * mb],
        ]) ?? kept(),
      ),
    ).toBeLessThan(10_000)
  })

  it('is none where what is kept shrinks', () => {
    expect(
      timeToLossMs(
        after([
          [0, gb],
          [10, mb],
        ]) ?? kept(),
      ),
    ).toBeNull()
  })
})
