import { builtInFormats } from '../../contracts/encryption'
import { storedFormats } from './stored-formats'
import { compressions, type Compression } from '../../contracts/engines/common'
import { laterIdentityFile, laterIdentityOf, partFile, plainFile, repositoryRoot, sourceFolder, uuid } from './paths'
import { safeName, textOf } from './safe-name'

/**
 * Where a source's log lies: `<source id>/log/<identity>/<timeline>/`. Both names are the engine's own texts; one source has
 * several identities when its server was replaced, and several timelines after a failover.
 */
export interface LogPlace {
  sourceId: string
  /** The server that wrote the log, as its engine tells one from another: a system identifier, a UUID. */
  identity: string
  timeline: string
}

/** A segment by its place in the timeline and the engine's own name. */
export interface SegmentName {
  /**
   * Grows along the timeline, need not be without holes, and is what keys sort by: names alone do not sort, since
   * `binlog.999999` comes before `binlog.1000000`. An engine gives the same segment the same number at any time.
   */
  number: number
  name: string
}

interface StoredForm {
  compression: Compression
  encryption: 'age' | 'none'
}

/**
 * An object of a timeline's log.
 * `segment`: a whole one. What an engine writes beside its segments, e.g. a timeline's history, is stored as one too.
 * `slice`: the bytes `from` to `to` (exclusive) of a segment that is still open, removed once the segment is stored whole.
 * `index`: a signed list of segments, see lib/contracts/repository/log-index.ts.
 * `identity`, `later-identity`: the age identity of a period, wrapped when it began, and for recipients that came later.
 */
export type LogObject =
  | ({ kind: 'segment'; segment: SegmentName } & StoredForm)
  | ({ kind: 'slice'; segment: SegmentName; from: number; to: number } & StoredForm)
  | { kind: 'index'; number: number }
  | { kind: 'identity'; period: number }
  | { kind: 'later-identity'; period: number; recipientId: string; attempt: number }

/**
 * How long one age identity may be used for new segments. A kept backup may need an identity that is older than itself by
 * this much, and the stores' own expiry of old objects leaves that much room (lib/core/retention/safety-net-days.ts).
 */
export const longestPeriodDays = 30

/** The keys of a log are wrapped in the usual format. */
const { keyFile } = storedFormats[builtInFormats[0]]

/** Folder of one timeline, ends with "/". */
export function logFolder({ sourceId, identity, timeline }: LogPlace): string {
  return `${sourceFolder(sourceId)}log/${safeName(identity)}/${safeName(timeline)}/`
}

/** Folder of an open segment's slices, ends with "/". */
export function slicesFolder(place: LogPlace, segment: SegmentName): string {
  return `${logFolder(place)}slices/${segmentFile(segment)}/`
}

/** Key of an object of a log. Throws `RangeError` for numbers and names that no key can have. */
export function logKey(place: LogPlace, object: LogObject): string {
  switch (object.kind) {
    case 'segment':
      return `${logFolder(place)}segments/${inForm(segmentFile(object.segment), object)}`
    case 'slice':
      if (object.from >= object.to) throw new RangeError('A slice has at least one byte.')
      return slicesFolder(place, object.segment) + inForm(`${digits(object.from, 16)}-${digits(object.to, 16)}`, object)
    case 'index':
      return `${logFolder(place)}index/${digits(object.number, 8)}.json`
    case 'identity':
      return keysFolder(place, object.period) + keyFile
    case 'later-identity':
      return keysFolder(place, object.period) + laterIdentityFile(keyFile, object.recipientId, object.attempt)
  }
}

const pattern = new RegExp(`^${repositoryRoot}/(${uuid})/log/([^/]+)/([^/]+)/(segments|slices|index|keys)/(.+)$`)

/** What lies under a key of a log; null for every key that `logKey` never makes. */
export function logObjectOf(key: string): { place: LogPlace; object: LogObject } | null {
  const [, sourceId = '', identityName = '', timelineName = '', folder = '', rest = ''] = pattern.exec(key) ?? []
  const identity = textOf(identityName)
  const timeline = textOf(timelineName)
  if (identity === null || timeline === null) return null
  const place = { sourceId, identity, timeline }
  const object = readers[folder]?.(rest) ?? null
  // One object has one key: a key written in another way is not Holdfast's.
  return object && isKeyOf(key, place, object) ? { place, object } : null
}

const readers: Record<string, (rest: string) => LogObject | null> = {
  segments: (rest) => {
    const { file, ...form } = formOf(rest)
    const segment = segmentOf(file)
    return segment && { kind: 'segment', segment, ...form }
  },
  slices: (rest) => {
    const [folder = '', name = ''] = rest.split('/')
    const { file, ...form } = formOf(name)
    const [from, to] = file.split('-').map(Number)
    const segment = segmentOf(folder)
    return segment && from !== undefined && to !== undefined ? { kind: 'slice', segment, from, to, ...form } : null
  },
  index: (rest) => ({ kind: 'index', number: Number.parseInt(rest, 10) }),
  keys: (rest) => {
    const [folder = '', file = ''] = rest.split('/')
    const period = Number(folder)
    if (file === keyFile) return { kind: 'identity', period }
    const later = laterIdentityOf(keyFile, file)
    return later && { kind: 'later-identity', period, ...later }
  },
}

function isKeyOf(key: string, place: LogPlace, object: LogObject): boolean {
  try {
    return logKey(place, object) === key
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

const keysFolder = (place: LogPlace, period: number): string => `${logFolder(place)}keys/${digits(period, 8)}/`

const segmentFile = ({ number, name }: SegmentName): string => `${digits(number, 16)}-${safeName(name)}`

function segmentOf(file: string): SegmentName | null {
  const [, number, written = ''] = /^(\d{16})-(.+)$/.exec(file) ?? []
  const name = textOf(written)
  return number === undefined || name === null ? null : { number: Number(number), name }
}

const inForm = (file: string, { compression, encryption }: StoredForm): string =>
  partFile(file, compression, encryption)

/** `plainFile` takes the suffixes off; which they were is found out by putting them on again. */
function formOf(stored: string): StoredForm & { file: string } {
  const file = plainFile(stored)
  const encryption = stored.endsWith('.age') ? 'age' : 'none'
  const compression = compressions.find((each) => partFile(file, each, encryption) === stored) ?? 'none'
  return { file, compression, encryption }
}

function digits(number: number, length: number): string {
  if (!Number.isSafeInteger(number) || number < 0) throw new RangeError(`${number} is no number of an object.`)
  return String(number).padStart(length, '0')
}
