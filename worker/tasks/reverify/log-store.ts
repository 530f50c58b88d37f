import type { ErrorCode } from '@/lib/contracts/error-code'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import { logKey } from '@/lib/core/repository/log-paths'
import type { LogSegmentModel } from '@/lib/db/generated/models/LogSegment'
import type { LogSliceModel } from '@/lib/db/generated/models/LogSlice'
import { readAll } from '@/lib/pipeline/read-all'
import type { LogMethod, LogStretch } from '@/lib/ports/log-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import { storedForm } from '@/lib/services/log/log-object-form'
import type { LogPlaceKey } from '@/lib/services/log/open-log'
import { sha256 } from '@/lib/services/log/store/seal'

/** One destination's part of a source's log. */
export interface LogStore {
  place: LogPlaceKey
  destination: { id: string; name: string }
  storage: Storage
  method: LogMethod
}

/** A segment or slice as its key and the catalog have it. */
export interface LogObjectFacts {
  key: string
  storedBytes: number
  storedSha256: string
  period: number | null
  stretch: LogStretch
}

/** What is needed of a segment's row. */
export type SegmentRow = Pick<
  LogSegmentModel,
  'number' | 'name' | 'fromOrder' | 'toOrder' | 'storedBytes' | 'storedSha256' | 'compression' | 'period'
>

export function segmentFacts(place: LogPlaceKey, row: SegmentRow): LogObjectFacts {
  const segment = { number: Number(row.number), name: row.name }
  return factsOf(row, logKey(place, { kind: 'segment', segment, ...storedForm(row) }))
}

export function sliceFacts(place: LogPlaceKey, row: LogSliceModel): LogObjectFacts {
  const segment = { number: Number(row.number), name: row.name }
  const { fromByte: from, toByte: to } = row
  return factsOf(row, logKey(place, { kind: 'slice', segment, from, to, ...storedForm(row) }))
}

const factsOf = (row: SegmentRow | LogSliceModel, key: string): LogObjectFacts => ({
  key,
  storedBytes: Number(row.storedBytes),
  storedSha256: row.storedSha256,
  period: row.period,
  stretch: { from: row.fromOrder, to: row.toOrder },
})

/** Its bytes, compared with what the catalog remembers. Throws `object-damaged`, and the errors of `Storage.get`. */
export async function readWhole(storage: Storage, facts: LogObjectFacts, run: RunContext): Promise<Buffer> {
  const { key, storedBytes, storedSha256 } = facts
  const bytes = await readAll(await storage.get(key, null, run), storedBytes)
  if (bytes.length === storedBytes && sha256(bytes) === storedSha256) return bytes
  const what =
    bytes.length === storedBytes ? 'its SHA-256 is another' : `it has ${bytes.length} bytes instead of ${storedBytes}`
  throw new HoldfastError('object-damaged', `The stored object ${key} is damaged: ${what}.`, { facts: { key } })
}

/** Codes that are facts about the stored bytes; anything else (network, permission) proves nothing. */
const damageCodes: Partial<Record<ErrorCode, 'damaged' | 'missing'>> = {
  'object-not-found': 'missing',
  'object-damaged': 'damaged',
  'signature-invalid': 'damaged',
}

/** While the store as a whole does not answer, asking for the next object only takes time. */
const storeIsAway = new Set<ErrorCode>(['storage-unreachable', 'storage-not-found', 'storage-denied'])

/**
 * What is wrong with an object by the error of reading it; null when that says nothing about the object. Throws when the store is away,
 * so that nothing is concluded from it.
 */
export function damageOf(error: unknown, { destination }: Pick<LogStore, 'destination'>, run: RunContext) {
  run.signal.throwIfAborted()
  const failure = toFailure(error)
  if (storeIsAway.has(failure.code)) {
    throw new HoldfastError(failure.code, `${destination.name} could not be read: ${failure.message}`, {
      transient: true,
      ...(failure.remedy ? { remedy: failure.remedy } : {}),
    })
  }
  const state = damageCodes[failure.code]
  return state ? { state, failure } : null
}
