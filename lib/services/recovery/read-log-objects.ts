import type { Manifest } from '@/lib/contracts/repository/manifest'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import type { TimelineHistory } from '@/lib/core/log/timeline-history'
import { rangesOf, type StoredPiece } from '@/lib/core/recovery/ranges-of-segments'
import type { RecoveryBase, StoredLog } from '@/lib/core/recovery/stored-log'
import { type LogObject, logKey, logObjectOf, type LogPlace } from '@/lib/core/repository/log-paths'
import { sourceFolder } from '@/lib/core/repository/paths'
import type { LogMethod } from '@/lib/ports/log-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import { type OpenWrapped, readSmallObject } from '@/lib/services/log/read-small-object'
import { readBaseManifests } from './read-base-manifests'
import { type IndexChain, type LogTrouble, readIndexChain } from '@/lib/services/log/read-index-chain'

export interface LogObjects {
  /** What can be recovered from, by the identity of the server that wrote it. */
  logs: Map<string, StoredLog>
  /** What does not lie there as it should; it is left out of the logs. */
  troubles: LogTrouble[]
}

/**
 * What a source can be recovered from, by nothing but the objects in one store: no catalog is needed. Segments count by their keys, with
 * the places that signed indexes or their names say; times are known of what an index lists, and never until when a server was idle.
 * `unwrap` opens the wrapped keys of periods, for histories that are encrypted; null where nobody can.
 */
export async function readLogObjects(
  input: {
    storage: Storage
    sourceId: string
    method: LogMethod
    trustedKeys: ReadonlySet<string>
    unwrap: OpenWrapped | null
  },
  run: RunContext,
): Promise<LogObjects> {
  const { storage, sourceId } = input
  const { manifests, troubles } = await readBaseManifests(input, run)
  const timelines = new Map<string, Timeline>()
  for await (const { key, sizeBytes } of storage.list(`${sourceFolder(sourceId)}log/`, run)) {
    const found = logObjectOf(key)
    if (!found) continue
    const id = `${found.place.identity}/${found.place.timeline}`
    const timeline = timelines.get(id) ?? { place: found.place, objects: [] }
    timelines.set(id, timeline)
    timeline.objects.push({ key, sizeBytes, object: found.object })
  }
  const logs = new Map<string, StoredLog>()
  const logOf = (identity: string) => {
    const log = logs.get(identity) ?? { bases: [], ranges: [], histories: [] }
    logs.set(identity, log)
    return log
  }
  const sizes = new Map<string, number>()
  const byId = new Map(manifests.map((manifest) => [manifest.backupId, manifest]))
  for (const manifest of manifests) {
    const base = baseOf(input.method, manifest)
    if (!base || !manifest.range || !hasChain(manifest, byId)) continue
    logOf(manifest.range.identity).bases.push(base)
    const segmentBytes = input.method.segmentBytesOf(manifest.facts)
    if (segmentBytes !== null) sizes.set(manifest.range.identity, segmentBytes)
  }
  const chains = new Map<Timeline, IndexChain>()
  for (const timeline of timelines.values()) {
    const numbers = objectsOf(timeline, 'index').map(({ object }) => object.number)
    const chain = await readIndexChain({ ...input, place: timeline.place, numbers }, run)
    chains.set(timeline, chain)
    // One server has one size of segments, on all of its timelines.
    const [listed] = chain.segments.values()
    if (listed) sizes.set(timeline.place.identity, listed.sourceBytes)
  }
  for (const [timeline, chain] of chains) {
    const { identity, timeline: name } = timeline.place
    const read = await readTimeline({ ...input, chain, segmentBytes: sizes.get(identity) ?? null }, timeline, run)
    const log = logOf(identity)
    log.ranges.push(...rangesOf(name, read.pieces))
    log.histories.push(...read.histories)
    troubles.push(...read.troubles)
  }
  return { logs, troubles }
}

function baseOf(method: LogMethod, { backupId, range, earliestTarget }: Manifest): RecoveryBase | null {
  if (!range || earliestTarget === null) return null
  const places = { start: method.order(range.from), end: method.order(range.to) }
  return { backupId, timeline: range.timeline, ...places, endedAt: new Date(earliestTarget) }
}

/** All that it builds on lies there as well. */
function hasChain({ chain }: Manifest, byId: ReadonlyMap<string, Manifest>): boolean {
  const seen = new Set<string>()
  for (let link = chain; link !== null;) {
    const parent = byId.get(link.parent)
    if (!parent || seen.has(link.parent)) return false
    seen.add(link.parent)
    link = parent.chain
  }
  return true
}

interface Found<Object extends LogObject = LogObject> {
  key: string
  sizeBytes: number
  object: Object
}

interface Timeline {
  place: LogPlace
  objects: Found[]
}

interface Reading {
  storage: Storage
  method: LogMethod
  unwrap: OpenWrapped | null
  chain: IndexChain
  /** As an index or a base backup says; null where there is neither. */
  segmentBytes: number | null
}

const objectsOf = <Kind extends LogObject['kind']>({ objects }: Timeline, kind: Kind) =>
  objects.filter((each): each is Found<Extract<LogObject, { kind: Kind }>> => each.object.kind === kind)

async function readTimeline(input: Reading, timeline: Timeline, run: RunContext) {
  const { method, segmentBytes } = input
  const { place } = timeline
  const listed = input.chain.segments
  const troubles = [...input.chain.troubles]
  const of = <Kind extends LogObject['kind']>(kind: Kind) => objectsOf(timeline, kind)
  const placeOf = (name: string) => method.stretchOf(name, segmentBytes)
  const pieces: StoredPiece[] = []
  const histories: TimelineHistory[] = []
  const whole = new Set<number>()
  for (const { key, sizeBytes, object } of of('segment')) {
    const { number, name } = object.segment
    const entry = listed.get(number)
    try {
      if (entry?.name === name) {
        const form = { compression: entry.compression, encryption: entry.period === null ? 'none' : 'age' } as const
        const isListed = logKey(place, { kind: 'segment', segment: object.segment, ...form }) === key
        if (!isListed || sizeBytes !== entry.storedBytes) throw damaged(key)
        whole.add(number)
        const lastCommitAt = entry.lastCommitAt === null ? null : new Date(entry.lastCommitAt)
        pieces.push({ from: method.order(entry.from), to: method.order(entry.to), lastCommitAt })
        continue
      }
      const stretch = placeOf(name)
      if (stretch) {
        whole.add(number)
        pieces.push({ ...stretch, lastCommitAt: null })
      } else {
        const keys = [...of('identity'), ...of('later-identity')].map((each) => each.key)
        const text = await readSmallObject({ ...input, key, object, keys }, run)
        histories.push(method.history(place.timeline, text.toString('utf8')))
      }
    } catch (error) {
      run.signal.throwIfAborted()
      troubles.push({ key, failure: toFailure(error) })
    }
  }
  for (const slice of of('slice')) {
    const { segment, from, to } = slice.object
    if (whole.has(segment.number)) continue
    try {
      // What lies behind a missing one counts for itself: it shows that there is a gap.
      const begin = placeOf(segment.name)?.from
      if (begin !== undefined) pieces.push({ from: begin + BigInt(from), to: begin + BigInt(to), lastCommitAt: null })
    } catch (error) {
      troubles.push({ key: slice.key, failure: toFailure(error) })
    }
  }
  // Keys are listed in order. What lies before the first one has expired, or was stored before this destination was chosen.
  const [first = Infinity] = whole
  for (const entry of listed.values()) {
    if (entry.number <= first || whole.has(entry.number)) continue
    const encryption = entry.period === null ? 'none' : 'age'
    const key = logKey(place, { kind: 'segment', segment: entry, compression: entry.compression, encryption })
    troubles.push({ key, failure: toFailure(new HoldfastError('object-not-found', `${entry.name} is not there.`)) })
  }
  return { pieces, histories, troubles }
}

const damaged = (key: string) =>
  new HoldfastError('object-damaged', `${key} has another size or form than its signed index says.`)
