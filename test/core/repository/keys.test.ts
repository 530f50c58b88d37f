import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compressions } from '@/lib/contracts/engines/common'
import {
  logFolder,
  logKey,
  logObjectOf,
  slicesFolder,
  type LogObject,
  type LogPlace,
} from '@/lib/core/repository/log-paths'
import {
  backupFolder,
  backupFolderOf,
  isLaterIdentity,
  laterIdentityFile,
  laterIdentityOf,
  signedListKey,
  signedListOf,
} from '@/lib/core/repository/paths'
import { placeOf } from '@/lib/core/repository/place-of'
import { mostNameBytes, safeName, textOf } from '@/lib/core/repository/safe-name'
import { setFiles, setKey, setObjectOf, type SetPlace } from '@/lib/core/repository/set-paths'
import { checkKey } from '@/lib/storage/decorators/check-calls'
import { logAndSetKeys, nearMisses } from '../../helpers/log-and-set'

const id = fc.uuid()
const number = fc.oneof(fc.nat(20), fc.maxSafeNat())
/** Any text of an engine that fits, those that a file system or a reader of suffixes would trip over among them. */
const name = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
    fc.stringMatching(/^[a-z0-9.=_-]{1,12}(\.(zst|gz|lz4|bz2|xz|age|gpg))?$/),
    fc.constantFrom('.', '..', '...', '/', '=2E', 'a.zst.age', '.age', 'a.', '\ufeffx', '000000010000000000000001'),
  )
  .filter((text) => new TextEncoder().encode(text).length * 3 <= mostNameBytes)
const segment = fc.record({ number, name })
const form = {
  compression: fc.constantFrom(...compressions),
  encryption: fc.constantFrom('age' as const, 'none' as const),
}
const recipientId = fc.stringMatching(/^[0-9a-f]{12}$/)
const attempt = fc.integer({ min: 1, max: 9 })
const place: fc.Arbitrary<LogPlace> = fc.record({ sourceId: id, identity: name, timeline: name })
const kind = <T extends string>(value: T) => fc.constant(value)
const object: fc.Arbitrary<LogObject> = fc.oneof(
  fc.record({ kind: kind('segment'), segment, ...form }),
  fc
    .record({ kind: kind('slice'), segment, from: fc.nat(), length: fc.integer({ min: 1 }), ...form })
    .map(({ length, ...slice }) => ({ ...slice, to: slice.from + length })),
  fc.record({ kind: kind('index'), number }),
  fc.record({ kind: kind('identity'), period: number }),
  fc.record({ kind: kind('later-identity'), period: number, recipientId, attempt }),
)
const seconds = fc
  .date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((time) => new Date(Math.floor(time.getTime() / 1_000) * 1_000))
const setPlace: fc.Arbitrary<SetPlace> = fc.record({ setId: id, backupId: id, startedAt: seconds })
const setFile = fc.constantFrom(...setFiles)
const anyKey = fc.oneof(
  fc.tuple(place, object).map(([where, what]) => logKey(where, what)),
  fc.tuple(setPlace, setFile).map(([where, file]) => setKey(where, file)),
  fc.tuple(id, id, seconds).map(([source, backup, at]) => `${backupFolder(source, backup, at)}manifest.json`),
  fc.tuple(id, fc.integer({ min: 1 })).map(([source, count]) => signedListKey(source, count)),
)
/** One character of it is changed, added or gone. */
const edited = fc
  .tuple(
    anyKey,
    fc.nat(),
    fc.constantFrom(0, 1),
    fc.oneof(fc.constant(''), fc.constantFrom(...'/.-=0aA1Z z%'), fc.string({ maxLength: 1 })),
  )
  .map(([key, at, cut, text]) => key.slice(0, at % key.length) + text + key.slice((at % key.length) + cut))

describe('a key of the repository', () => {
  it('of a log reads as what it was made of (property)', () => {
    fc.assert(
      fc.property(place, object, (where, what) => {
        const key = logKey(where, what)
        expect(logObjectOf(key)).toEqual({ place: where, object: what })
        expect(key.startsWith(logFolder(where))).toBe(true)
        if (what.kind === 'slice') expect(key.startsWith(slicesFolder(where, what.segment))).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })

  it('of a set, a backup and a list reads as what it was made of (property)', () => {
    fc.assert(
      fc.property(
        setPlace,
        setFile,
        id,
        fc.integer({ min: 1 }),
        recipientId,
        attempt,
        (where, file, source, count, recipient, nth) => {
          expect(setObjectOf(setKey(where, file))).toEqual({ place: where, file })
          const folder = backupFolder(source, where.backupId, where.startedAt)
          expect(backupFolderOf(folder + file)).toEqual({ folder, backupId: where.backupId })
          expect(signedListOf(signedListKey(source, count))).toEqual({ sourceId: source, number: count })
          const later = laterIdentityFile('identity.age', recipient, nth)
          expect(laterIdentityOf('identity.age', later)).toEqual({ recipientId: recipient, attempt: nth })
          expect(isLaterIdentity('identity.age', later)).toBe(true)
        },
      ),
    )
  })

  it('that is read is the one key of what it is read as, and of one kind only (property)', () => {
    let read = 0
    fc.assert(
      fc.property(fc.oneof(anyKey, edited), (key) => {
        const log = logObjectOf(key)
        const set = setObjectOf(key)
        const list = signedListOf(key)
        const backup = backupFolderOf(key)
        if (log) expect(logKey(log.place, log.object)).toBe(key)
        if (set) expect(setKey(set.place, set.file)).toBe(key)
        if (list) expect(signedListKey(list.sourceId, list.number)).toBe(key)
        if (backup) expect(key.startsWith(backup.folder) && key !== backup.folder).toBe(true)
        const kinds = [log && 'log', set && 'set', list && 'list', backup && 'backup'].filter((each) => each !== null)
        expect(kinds.length).toBeLessThanOrEqual(1)
        expect(placeOf(key)?.kind ?? null).toBe(kinds[0] ?? null)
        read += kinds.length
      }),
      { numRuns: 5_000 },
    )
    expect(read).toBeGreaterThan(1_000)
  })

  it('is one that every store takes: plain characters, no folder that is only dots, names of a file system (property)', () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        expect(checkKey(key)).toBe(key)
        expect(key).toMatch(/^[A-Za-z0-9_.=/-]+$/)
        for (const part of key.split('/')) {
          expect(part).not.toMatch(/^\.|\.$/)
          // A store on disk writes `.<name>.<36 characters>.partial` first.
          expect(part.length).toBeLessThanOrEqual(255 - 46)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('sorts segments by number, slices by where they begin (property)', () => {
    fc.assert(
      fc.property(place, fc.tuple(segment, segment), form.compression, (where, [one, other], compression) => {
        fc.pre(one.number !== other.number)
        const stored = { compression, encryption: 'age' as const }
        const [first, second] = [one, other].map((each) => logKey(where, { kind: 'segment', segment: each, ...stored }))
        expect((first ?? '') < (second ?? '')).toBe(one.number < other.number)
        const slices = [one, other].map(({ number: from }) =>
          logKey(where, { kind: 'slice', segment: one, from: Math.min(from, 2 ** 50), to: 2 ** 51, ...stored }),
        )
        fc.pre(Math.min(one.number, other.number) < 2 ** 50)
        expect((slices[0] ?? '') < (slices[1] ?? '')).toBe(one.number < other.number)
      }),
    )
  })

  it.each(logAndSetKeys)('%s is known', (key) => {
    expect(placeOf(key)).toEqual({ kind: key.includes('/set/') ? 'set' : 'log' })
  })

  it.each(nearMisses)('%s is not', (key) => {
    expect(placeOf(key)).toBeNull()
  })

  it('cannot be made for what no key has', () => {
    const where = { sourceId: crypto.randomUUID(), identity: 'x', timeline: '1' }
    const stored = { compression: 'zstd', encryption: 'age' } as const
    const wrong: (() => string)[] = [
      () => logKey(where, { kind: 'index', number: -1 }),
      () => logKey(where, { kind: 'index', number: 1.5 }),
      () => logKey(where, { kind: 'identity', period: 2 ** 53 }),
      () => logKey(where, { kind: 'segment', segment: { number: Number.NaN, name: 'x' }, ...stored }),
      () => logKey(where, { kind: 'slice', segment: { number: 1, name: 'x' }, from: 5, to: 5, ...stored }),
      () => logFolder({ ...where, identity: '' }),
      () => logFolder({ ...where, timeline: 'x'.repeat(mostNameBytes + 1) }),
      () => logFolder({ ...where, identity: '\ud800' }),
    ]
    for (const make of wrong) expect(make).toThrow(RangeError)
  })
})

describe('a name of an engine', () => {
  it('stays as it is where it is plain', () => {
    for (const text of [
      '000000010000000000000001',
      'mysql-bin.000123',
      'appendonly.aof.1.incr.aof',
      '7427183920114572081',
    ]) {
      expect(safeName(text)).toBe(text)
    }
  })

  it('is read back as it was, and no two have the same (property)', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(textOf(safeName(one))).toBe(one)
        expect(safeName(one) === safeName(other)).toBe(one === other)
      }),
      { numRuns: 3_000 },
    )
  })
})
