import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { findCipher } from '@/lib/cipher/index'
import { builtInFormats } from '@/lib/contracts/encryption'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { type LogObject, logKey } from '@/lib/core/repository/log-paths'
import type { LogSegmentModel } from '@/lib/db/generated/models/LogSegment'
import type { LogSliceModel } from '@/lib/db/generated/models/LogSlice'
import { openPart } from '@/lib/pipeline/open-part'
import type { LogReader } from '@/lib/ports/log-reader'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import type { ServiceContext } from '../context'
import { destinationSpec } from '../destination/destination-spec'
import { storedForm } from './log-object-form'
import type { LogPlaceKey } from './open-log'
import { openPeriod } from './period-keys'

type Read = { key: string; row: LogSegmentModel | LogSliceModel; sourceBytes: number }

/**
 * The stored log of a cluster, read from the destinations that have it, or from one of them alone. The caller closes it.
 */
export function openLogReader(
  ctx: ServiceContext,
  of: { sourceId: string; identity: string; destinationId?: string },
): LogReader & { close(): Promise<void> } {
  const { sourceId, identity } = of
  const log = { sourceId, identity }
  const storages = new Map<string, Promise<Storage>>()
  const keys = new Map<string, Promise<string>>()

  const storageOf = (id: string) => {
    const opened =
      storages.get(id) ??
      ctx.db.destination
        .findUniqueOrThrow({ where: { id } })
        .then(async (row) => ctx.openStorage(await destinationSpec(ctx, row)))
    storages.set(id, opened)
    return opened
  }
  const keyOf = (place: LogPlaceKey, period: number) => {
    const id = `${place.timeline} ${period}`
    const unwrapped =
      keys.get(id) ??
      ctx.db.logPeriod
        .findUniqueOrThrow({ where: { sourceId_identity_timeline_period: { ...place, period } } })
        .then((row) => openPeriod(ctx.vault, row))
    keys.set(id, unwrapped)
    return unwrapped
  }

  /** From the first destination that gives it; the error of the last when none does. */
  const open = async (place: LogPlaceKey, holders: string[], { key, row, sourceBytes }: Read, run: RunContext) => {
    const { storedBytes, storedSha256, sourceSha256, period } = row
    const identityKey = period === null ? null : await keyOf(place, period)
    const part = {
      ...{ role: 'log', file: row.name, facts: {}, sourceBytes, sourceSha256, storedSha256 },
      storedBytes: Number(storedBytes),
      compression: storedForm(row).compression,
      encrypted: period !== null,
    }
    const decrypt = identityKey === null ? null : () => findCipher(builtInFormats[0]).decrypt(identityKey)
    let trouble: unknown = new HoldfastError('object-not-found', `No destination of this log has ${row.name}.`)
    for (const id of holders) {
      try {
        return await buffer(await openPart({ storage: await storageOf(id), key, part, decrypt }, run))
      } catch (error) {
        run.signal.throwIfAborted()
        trouble = error
      }
    }
    throw trouble
  }

  /** Destinations that have these positions. */
  const holdersOf = async (place: LogPlaceKey, order: { from: bigint; to: bigint }) => {
    const ranges = await ctx.db.logRange.findMany({
      where: { ...place, fromOrder: { lte: order.from }, toOrder: { gte: order.to } },
      select: { destinationId: true },
    })
    const ids = ranges.map(({ destinationId }) => destinationId)
    return of.destinationId === undefined ? ids : ids.filter((id) => id === of.destinationId)
  }

  const segment = async (row: LogSegmentModel, run: RunContext) => {
    const place = { ...log, timeline: row.timeline }
    const holders = await holdersOf(place, { from: row.fromOrder, to: row.toOrder })
    const key = logKey(place, { kind: 'segment', segment: nameOf(row), ...storedForm(row) })
    return open(place, holders, { key, row, sourceBytes: Number(row.sourceBytes) }, run)
  }

  /** What is stored of a segment that is still open, filled with zeros. */
  const openSegment = async (slices: LogSliceModel[], run: RunContext) => {
    const [first] = slices
    if (!first || first.fromByte !== 0) return null
    const place = { ...log, timeline: first.timeline }
    const { segmentBytes } = await ctx.db.logTimeline.findUniqueOrThrow({
      where: { sourceId_identity_timeline: place },
    })
    const bytes = Buffer.alloc(segmentBytes)
    let end = 0
    for (const slice of slices) {
      if (slice.fromByte !== end) break
      const holders = await holdersOf(place, { from: slice.fromOrder, to: slice.toOrder })
      const object: LogObject = {
        ...{ kind: 'slice', segment: nameOf(slice), from: slice.fromByte, to: slice.toByte },
        ...storedForm(slice),
      }
      const read = { key: logKey(place, object), row: slice, sourceBytes: slice.toByte - slice.fromByte }
      ;(await open(place, holders, read, run)).copy(bytes, end)
      end = slice.toByte
    }
    return bytes
  }

  return {
    async fetch(name, run) {
      const whole = await ctx.db.logSegment.findFirst({ where: { ...log, name } })
      if (whole) return Readable.from([await segment(whole, run)])
      const history = await ctx.db.logTimeline.findFirst({ where: { ...log, historyName: name } })
      if (history?.history) return Readable.from([Buffer.from(history.history)])
      const slices = await ctx.db.logSlice.findMany({ where: { ...log, name }, orderBy: { fromByte: 'asc' } })
      const bytes = await openSegment(slices, run)
      return bytes && Readable.from([bytes])
    },
    async close() {
      for (const storage of storages.values()) await storage.then((opened) => opened.close()).catch(() => undefined)
    },
  }
}

const nameOf = ({ number, name }: { number: bigint; name: string }) => ({ number: Number(number), name })
