import { findCipher } from '@/lib/cipher/index'
import type { BuiltInFormat } from '@/lib/contracts/encryption'
import { longestPeriodDays } from '@/lib/core/repository/log-paths'
import { recipientName } from '@/lib/core/repository/opened-by'
import type { Tx } from '@/lib/db/client'
import { Prisma } from '@/lib/db/generated/client'
import type { LogPeriodModel } from '@/lib/db/generated/models/LogPeriod'
import type { LogFollowing } from '@/lib/ports/log-method'
import type { ServiceContext } from '../context'
import { wantedRecipients } from '../recovery-kit/wanted-recipients'
import type { ClaimedStream } from './claim-streams'
import { assertStream } from './hold-stream'

/** One timeline of a source's log. */
export interface LogPlaceKey {
  sourceId: string
  identity: string
  timeline: string
}

/** Makes the rows of the timeline that is followed from now on. */
export async function openTimeline(
  ctx: ServiceContext,
  claim: ClaimedStream,
  following: Pick<LogFollowing, 'identity' | 'timeline' | 'segmentBytes' | 'histories'>,
): Promise<LogPlaceKey> {
  const { identity, timeline, segmentBytes } = following
  const place = { sourceId: claim.sourceId, identity, timeline }
  const last = following.histories.at(-1)
  const history = last ? { history: last.bytes.toString('utf8'), historyName: last.segment.name } : {}
  await ctx.db.$transaction(async (tx) => {
    await assertStream(tx, claim)
    await putTimeline(tx, place, { segmentBytes, ...history })
    await tx.logStream.update({
      where: { sourceId: claim.sourceId },
      data: { identity, timeline, state: 'streaming', error: Prisma.DbNull, retryAt: null },
    })
  })
  return place
}

/** Makes the row of a timeline, or says in the one that is there how it came about. */
export async function putTimeline(
  tx: Tx,
  place: LogPlaceKey,
  { segmentBytes, ...history }: { segmentBytes: number; history?: string; historyName?: string },
): Promise<void> {
  await keepFromRemoval(tx, place)
  await tx.logTimeline.upsert({
    where: { sourceId_identity_timeline: place },
    create: { ...place, segmentBytes, ...history },
    update: history,
  })
}

/** What is followed anew is not removed whole any more; waits for a call to a store that is under way. */
async function keepFromRemoval(tx: Tx, { sourceId, identity, timeline }: LogPlaceKey): Promise<void> {
  await tx.$queryRaw`
    SELECT 1 FROM log_timeline
    WHERE source_id = ${sourceId}::uuid AND identity = ${identity} AND timeline = ${timeline} FOR UPDATE`
  await tx.$executeRaw`
    UPDATE log_removal SET whole = false
    WHERE source_id = ${sourceId}::uuid AND identity = ${identity} AND timeline = ${timeline} AND whole
      AND destination_id IN (SELECT unnest(destination_ids) FROM log_stream WHERE source_id = ${sourceId}::uuid)`
}

/** Notes that a history is encrypted for a period, before it is stored: the key stays as long as the history. */
export async function noteHistoryPeriod(
  ctx: Pick<ServiceContext, 'db'>,
  claim: ClaimedStream,
  { sourceId, identity, timeline }: LogPlaceKey,
  period: number,
): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    await assertStream(tx, claim)
    await tx.$executeRaw`
      UPDATE log_timeline SET history_periods = history_periods || ${period}::int
      WHERE source_id = ${sourceId}::uuid AND identity = ${identity} AND timeline = ${timeline}
        AND ${period}::int <> ALL (history_periods)`
  })
}

const periodMs = longestPeriodDays * 24 * 3_600_000

/**
 * The period whose key new objects of a timeline are encrypted for: the newest one, unless it is over or not wrapped for everybody
 * who must be able to open it; then a new one begins.
 */
export async function currentPeriod(
  ctx: ServiceContext,
  claim: ClaimedStream,
  place: LogPlaceKey,
  format: BuiltInFormat,
): Promise<LogPeriodModel> {
  const wanted = await wantedRecipients(ctx.db, ctx.vault)
  const latest = await ctx.db.logPeriod.findFirst({ where: place, orderBy: { period: 'desc' } })
  const now = ctx.clock.now()
  const serves =
    latest &&
    now.getTime() - latest.begunAt.getTime() < periodMs &&
    wanted.every((recipient) => latest.wrappedFor.includes(recipientName(recipient)))
  if (serves) return latest
  const { recipient, wrapped, wrappedFor } = await ctx.vault.createIdentity(findCipher(format), wanted)
  return ctx.db.$transaction(async (tx) => {
    await assertStream(tx, claim)
    return tx.logPeriod.create({
      data: {
        ...place,
        period: (latest?.period ?? 0) + 1,
        recipient,
        wrapped: Buffer.from(wrapped).toString('base64'),
        wrappedFor: wrappedFor.map(recipientName),
        begunAt: now,
      },
    })
  })
}
