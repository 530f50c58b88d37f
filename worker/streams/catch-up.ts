import { buffer } from 'node:stream/consumers'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import { logKey } from '@/lib/core/repository/log-paths'
import type { Tx } from '@/lib/db/client'
import type { LogSegmentModel } from '@/lib/db/generated/models/LogSegment'
import type { LogMethod } from '@/lib/ports/log-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '@/lib/services/context'
import type { ClaimedStream } from '@/lib/services/log/claim-streams'
import { noteDamage } from '@/lib/services/log/damage/note-damage'
import { assertStream } from '@/lib/services/log/hold-stream'
import { holdersOf, missingSegments } from '@/lib/services/log/missing-segments'
import { storedForm } from '@/lib/services/log/log-object-form'
import type { LogPlaceKey } from '@/lib/services/log/open-log'
import { periodFiles } from '@/lib/services/log/period-keys'
import { extendRange } from '@/lib/services/log/record-log'
import type { LogDestinations, SmallObject } from '@/lib/services/log/store/log-destinations'
import { sha256 } from '@/lib/services/log/store/seal'

/** In one round, so that one destination does not keep the others waiting. */
const atOnce = 16

interface CatchUp {
  ctx: ServiceContext
  claim: ClaimedStream
  place: LogPlaceKey
  method: LogMethod
  destinations: LogDestinations
}

/** Brings segments that a destination lacks there from one that has them, as they lie there. One that is left out is tried later. */
export async function catchUp(input: CatchUp, run: RunContext): Promise<void> {
  const { ctx, claim, place, method, destinations } = input
  for (const destinationId of destinations.reachable) {
    for (const segment of await missingSegments(ctx.db, method, { ...place, destinationId }, atOnce)) {
      run.signal.throwIfAborted()
      const object = await readSegment(input, segment, run)
      if (!object) continue
      await destinations.putToOne(destinationId, object)
      const isKept = await ctx.db.$transaction(async (tx) => {
        await assertStream(tx, claim)
        if (await isExpired(tx, segment)) return false
        await extendRange(tx, { ...place, destinationId }, segment)
        return true
      })
      if (!isKept) await destinations.storageOf(destinationId).delete([object.key], run)
    }
  }
}

/** Retention has let it go meanwhile. */
async function isExpired(tx: Tx, { sourceId, identity, timeline, number }: LogSegmentModel): Promise<boolean> {
  const place = { sourceId, identity, timeline }
  const removals = await tx.logRemoval.count({ where: { ...place, beforeNumber: { gt: number } } })
  return removals > 0 || (await tx.logSegment.count({ where: { ...place, number } })) === 0
}

/** Null when no destination that has it is one of this log's any more. */
async function readSegment(
  { ctx, place, method, destinations }: CatchUp,
  segment: LogSegmentModel,
  run: RunContext,
): Promise<SmallObject | null> {
  const holders = await holdersOf(ctx.db, segment)
  const from = destinations.ids.find((id) => holders.includes(id))
  if (from === undefined) return null
  const name = { number: Number(segment.number), name: segment.name }
  const key = logKey(place, { kind: 'segment', segment: name, ...storedForm(segment) })
  const bytes = await buffer(await destinations.storageOf(from).get(key, null, run))
  if (sha256(bytes) !== segment.storedSha256) {
    const failure = toFailure(
      new HoldfastError('object-damaged', `The stored object ${key} is damaged.`, { facts: { key } }),
    )
    const destination = { id: from, name: destinations.nameOf(from) }
    const stretch = { from: segment.fromOrder, to: segment.toOrder }
    const found = { place, destination, key, state: 'damaged', failure, stretch } as const
    await ctx.db.$transaction((tx) => noteDamage(tx, method, found, ctx.clock.now()))
    return null
  }
  if (segment.period === null) return { key, bytes, needs: [] }
  const { period } = segment
  const row = await ctx.db.logPeriod.findUniqueOrThrow({
    where: { sourceId_identity_timeline_period: { ...place, period } },
  })
  return { key, bytes, needs: periodFiles(row) }
}
