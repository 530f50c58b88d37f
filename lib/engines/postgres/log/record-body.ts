/** What a record says, without its place in the log. Times are microseconds since 1970 by the server's clock. */
export type RecordContent =
  | { kind: 'commit' | 'abort'; xid: number; atMicros: bigint }
  | { kind: 'restore-point'; name: string; atMicros: bigint }
  | { kind: 'end-of-recovery'; timeline: number; previousTimeline: number; atMicros: bigint }
  | { kind: 'shutdown'; timeline: number; previousTimeline: number }

/** What a record's header says of its body. */
export interface RecordKind {
  resourceManager: number
  info: number
  xid: number
  bodyBytes: number
  major: number
}

/**
 * Reads a body of any length that comes in pieces. Yields how many bytes it wants next, at most `mostAtOnce`, and is given
 * them; a negative number skips so many. The bytes given last until the next `yield`. Throws a RangeError for what no server writes.
 */
export type BodyReading = Generator<number, RecordContent, Buffer>

export const mostAtOnce = 72

/** Resource managers (PostgreSQL's access/rmgrlist.h). */
const xlog = 0
const transaction = 1

/** The reader of a record of interest; null for every other one, whose body nobody needs to look at. */
export function readingOf({ resourceManager, info }: RecordKind): ((record: RecordKind) => BodyReading) | null {
  if (resourceManager === transaction) return ofTransaction[info & 0x70] ?? null
  if (resourceManager === xlog) return ofLog[info & 0xf0] ?? null
  return null
}

/** XLOG_SWITCH: the rest of the segment holds nothing. */
export const isSwitch = ({ resourceManager, info }: RecordKind) => resourceManager === xlog && (info & 0xf0) === 0x40

const ofTransaction: Record<number, (record: RecordKind) => BodyReading> = {
  0x00: (record) => readEnd(record, 'commit', false),
  0x20: (record) => readEnd(record, 'abort', false),
  0x30: (record) => readEnd(record, 'commit', true),
  0x40: (record) => readEnd(record, 'abort', true),
}

const ofLog: Record<number, (record: RecordKind) => BodyReading> = {
  0x00: readShutdown,
  0x70: readRestorePoint,
  0x90: readEndOfRecovery,
}

const hasInfo = 0x80
/** Bits of a commit's or an abort's `xinfo`, in the order of what they announce (access/xact.h). */
const has = { database: 1, subtransactions: 2, relations: 4, invalidations: 8, twoPhase: 16, droppedStatistics: 256 }

/** A prepared transaction is ended by another one, and its own number stands behind lists of any length. */
function* readEnd(record: RecordKind, kind: 'commit' | 'abort', prepared: boolean): BodyReading {
  yield* toMainData(record)
  const atMicros = microsOf(yield 8)
  if (!prepared) return { kind, xid: record.xid, atMicros }
  if ((record.info & hasInfo) === 0) throw new RangeError('a prepared transaction ends without its number')
  const announced = (yield 4).readUInt32LE(0)
  if (announced & has.database) yield -8
  if (announced & has.subtransactions) yield* skipList(4)
  if (announced & has.relations) yield* skipList(12)
  if (announced & has.droppedStatistics) yield* skipList(record.major >= 18 ? 16 : 12)
  if (announced & has.invalidations) yield* skipList(16)
  if ((announced & has.twoPhase) === 0) throw new RangeError('a prepared transaction ends without its number')
  return { kind, xid: (yield 4).readUInt32LE(0), atMicros }
}

function* skipList(entryBytes: number): Generator<number, void, Buffer> {
  const count = (yield 4).readUInt32LE(0)
  if (count > 0) yield -count * entryBytes
}

function* readRestorePoint(record: RecordKind): BodyReading {
  yield* toMainData(record)
  const bytes = yield 72
  const end = bytes.indexOf(0, 8)
  const name = bytes.toString('utf8', 8, end === -1 ? 72 : end)
  return { kind: 'restore-point', name, atMicros: microsOf(bytes) }
}

function* readEndOfRecovery(record: RecordKind): BodyReading {
  yield* toMainData(record)
  const bytes = yield 16
  const [timeline, previousTimeline] = [bytes.readUInt32LE(8), bytes.readUInt32LE(12)]
  return { kind: 'end-of-recovery', timeline, previousTimeline, atMicros: microsOf(bytes) }
}

function* readShutdown(record: RecordKind): BodyReading {
  yield* toMainData(record)
  const bytes = yield 16
  return { kind: 'shutdown', timeline: bytes.readUInt32LE(8), previousTimeline: bytes.readUInt32LE(12) }
}

const originId = 253
const topLevelXid = 252

/** The records read here refer to no blocks: their main data comes behind a few short headers, and ends the record. */
function* toMainData({ bodyBytes }: RecordKind): Generator<number, void, Buffer> {
  let left = bodyBytes
  const take = (bytes: number) => {
    left -= bytes
    return bytes
  }
  for (;;) {
    const id = (yield take(1))[0]
    if (id === originId) yield take(2)
    else if (id === topLevelXid) yield take(4)
    else if (id === 255 || id === 254) {
      const length = id === 255 ? (yield take(1))[0] : (yield take(4)).readUInt32LE(0)
      if (length !== left) throw new RangeError('its main data does not end with it')
      return
    } else throw new RangeError(`a part with the number ${id} does not belong into it`)
  }
}

/** PostgreSQL counts from the year 2000. */
const epochMicros = 946_684_800_000_000n
/** What PostgreSQL takes for a time: from 4713 BC to 294276 AD; JavaScript's end a little earlier. */
const [earliest, latest] = [-211_813_488_000_000_000n, 8_640_000_000_000_000_000n - epochMicros]

function microsOf(bytes: Buffer): bigint {
  const since2000 = bytes.readBigInt64LE(0)
  if (since2000 < earliest || since2000 > latest) throw new RangeError('its time is none')
  return since2000 + epochMicros
}
