import { builtInFormats } from '@/lib/contracts/encryption'
import { failureSchema } from '@/lib/contracts/common'
import { toFailure } from '@/lib/core/holdfast-error'
import { type LogObject, logObjectOf } from '@/lib/core/repository/log-paths'
import type { Tx } from '@/lib/db/client'
import type { LogDamageModel } from '@/lib/db/generated/models/LogDamage'
import { readAll } from '@/lib/pipeline/read-all'
import type { Storage } from '@/lib/ports/storage'
import { destinationSpec } from '@/lib/services/destination/destination-spec'
import { lockTimeline, noteDamage, tellDamage } from '@/lib/services/log/damage/note-damage'
import { putOrReplace } from '@/lib/services/log/store/put-or-replace'
import { damageKey, settleDamage } from '@/lib/services/log/damage/settle-damage'
import { periodFiles } from '@/lib/services/log/period-keys'
import { extendRange, type LogStretch } from '@/lib/services/log/record-log'
import { indexLimitBytes } from '@/lib/services/log/write-log-index'
import { ownSigningKeys } from '@/lib/services/signature/signing-keys'
import { readLogIndex } from '@/lib/vault/read-log-index'
import { seal } from '@/lib/services/log/store/seal'
import type { TaskArgs } from '../../task'
import { damageOf, type LogObjectFacts, type LogStore, readWhole, segmentFacts, sliceFacts } from './log-store'

/** How many at once, so that a failed disk is mended in bounded steps. */
const atOnce = 1_000

/**
 * Mends what is damaged or missing in a destination: from another one that has it whole, or from the catalog. What cannot be mended now
 * stays as it is, and is tried again by the next run. Where the log is followed, its follower mends segments, too: the second one
 * finds it done.
 */
export async function mendLog(args: TaskArgs, store: LogStore): Promise<number> {
  const { ctx, run } = args
  await settleDamage({ ctx, now: ctx.clock.now() })
  const rows = await ctx.db.logDamage.findMany({
    where: { ...store.place, destinationId: store.destination.id },
    orderBy: { key: 'asc' },
    take: atOnce,
  })
  let mended = 0
  for (const row of rows) {
    run.signal.throwIfAborted()
    try {
      if (await mend(args, store, row)) mended += 1
    } catch (error) {
      run.signal.throwIfAborted()
      run.logger.warn(`${row.key} in ${store.destination.name} could not be mended`, { ...toFailure(error) })
    }
  }
  await settleDamage({ ctx, now: ctx.clock.now() })
  return mended
}

async function mend(args: TaskArgs, store: LogStore, row: LogDamageModel): Promise<boolean> {
  const { ctx, run } = args
  const piece = await pieceOf(ctx.db, store, row)
  const bytes = piece ? await fromOthers(args, store, piece) : await smallObject(args, store, row.key)
  if (!bytes) {
    if (piece) await tellAgain(args, store, row, piece)
    return false
  }
  const before = () => args.assertLease()
  for (const needed of piece ? await keysOf(args, store, piece.facts.period) : []) {
    await putOrReplace(store.storage, { ...needed, before }, run)
  }
  await putOrReplace(store.storage, { key: row.key, bytes, before }, run)
  const isKept = await ctx.db.$transaction(async (tx) => {
    await lockTimeline(tx, store.place)
    await tx.logDamage.deleteMany({ where: damageKey(row) })
    if (!piece) return true
    if (!(await isKnown(tx, store, row))) return false
    await extendRange(tx, { ...store.place, destinationId: store.destination.id }, piece.stretch)
    return true
  })
  // Retention has let it go meanwhile.
  if (!isKept) await store.storage.delete([row.key], run)
  return isKept
}

/** What the other destinations have may be less than it was when the damage was found. */
async function tellAgain({ ctx }: TaskArgs, store: LogStore, row: LogDamageModel, { facts }: Piece): Promise<void> {
  const state = row.state === 'missing' ? 'missing' : 'damaged'
  const failure = failureSchema.parse(row.error)
  const found = { ...store, key: row.key, state, failure, stretch: facts.stretch } as const
  await ctx.db.$transaction((tx) => tellDamage(tx, found, ctx.clock.now()))
}

interface Piece {
  number: bigint
  facts: LogObjectFacts
  stretch: LogStretch
}

/** A segment or slice by its place; null for what lies beside them, and for what the catalog has forgotten. */
async function pieceOf(tx: Tx, { place, method }: LogStore, row: LogDamageModel): Promise<Piece | null> {
  const { fromOrder, toOrder } = row
  if (fromOrder === null || toOrder === null) return null
  const where = { ...place, fromOrder, toOrder }
  const segment = await tx.logSegment.findFirst({ where })
  if (segment) return { number: segment.number, facts: segmentFacts(place, segment), stretch: segment }
  const slice = await tx.logSlice.findFirst({ where })
  if (!slice) return null
  const positions = { from: method.position(fromOrder), to: method.position(toOrder) }
  const stretch = { ...positions, fromOrder, toOrder, lastCommitAt: null }
  return { number: slice.number, facts: sliceFacts(place, slice), stretch }
}

async function isKnown(tx: Tx, store: LogStore, row: LogDamageModel): Promise<boolean> {
  const piece = await pieceOf(tx, store, row)
  if (!piece) return false
  return (await tx.logRemoval.count({ where: { ...store.place, beforeNumber: { gt: piece.number } } })) === 0
}

/** From the first destination that has it whole. One that has not is recorded as damaged there, too. */
async function fromOthers(args: TaskArgs, store: LogStore, { facts }: Piece): Promise<Buffer | null> {
  const { ctx, run } = args
  const { from, to } = facts.stretch
  const holders = await ctx.db.logRange.findMany({
    where: {
      ...{ ...store.place, fromOrder: { lte: from }, toOrder: { gte: to } },
      destinationId: { not: store.destination.id },
    },
    select: { destinationId: true },
  })
  for (const { destinationId } of holders) {
    const bytes = await atDestination(args, destinationId, async (storage, destination) => {
      try {
        return await readWhole(storage, facts, run)
      } catch (error) {
        const damage = damageOf(error, { destination }, run)
        if (damage) {
          const found = { ...damage, place: store.place, destination, key: facts.key, stretch: facts.stretch }
          await ctx.db.$transaction((tx) => noteDamage(tx, store.method, found, ctx.clock.now()))
        }
        return null
      }
    })
    if (bytes) return bytes
  }
  return null
}

/** What lies beside the segments: keys and histories are in the catalog, indexes in the other destinations. */
async function smallObject(args: TaskArgs, store: LogStore, key: string): Promise<Buffer | null> {
  const { ctx, run } = args
  const object = logObjectOf(key)?.object
  if (object?.kind === 'identity' || object?.kind === 'later-identity') {
    return (await keysOf(args, store, object.period)).find((file) => file.key === key)?.bytes ?? null
  }
  if (object?.kind === 'segment') return sealedHistory(args, store, object)
  if (object?.kind !== 'index') return null
  const trusted = await ownSigningKeys(ctx.db, ctx.vault)
  const others = await ctx.db.logRange.findMany({
    where: { ...store.place, destinationId: { not: store.destination.id } },
    distinct: ['destinationId'],
    select: { destinationId: true },
  })
  for (const { destinationId } of others) {
    const bytes = await atDestination(args, destinationId, async (storage) => {
      const read = await readAll(await storage.get(key, null, run), indexLimitBytes)
      readLogIndex(key, read, trusted)
      return read
    })
    if (bytes) return bytes
  }
  return null
}

/** Stored anew in the form that its key says; encrypted for a period that is kept for it. */
async function sealedHistory(
  { ctx }: TaskArgs,
  { place }: LogStore,
  { compression, encryption }: Extract<LogObject, { kind: 'segment' }>,
): Promise<Buffer | null> {
  const { history, historyPeriods } = await ctx.db.logTimeline.findUniqueOrThrow({
    where: { sourceId_identity_timeline: place },
  })
  const period = await ctx.db.logPeriod.findFirst({
    where: { ...place, period: { in: historyPeriods } },
    orderBy: { period: 'desc' },
  })
  if (history === null || (compression !== 'zstd' && compression !== 'none')) return null
  if (encryption !== 'none' && !period) return null
  const key = period && { format: builtInFormats[0], recipient: period.recipient, period: period.period }
  const form = { compression, level: 1, encryption: encryption === 'none' ? null : key }
  return (await seal(Buffer.from(history), form)).bytes
}

async function keysOf({ ctx }: TaskArgs, { place }: LogStore, period: number | null) {
  if (period === null) return []
  const row = await ctx.db.logPeriod.findUnique({ where: { sourceId_identity_timeline_period: { ...place, period } } })
  return row ? periodFiles(row) : []
}

/** Null when that destination gives nothing; trouble there is logged. */
async function atDestination<T>(
  { ctx, run }: TaskArgs,
  id: string,
  work: (storage: Storage, destination: { id: string; name: string }) => Promise<T | null>,
): Promise<T | null> {
  const destination = await ctx.db.destination.findFirst({ where: { id, deletedAt: null } })
  if (!destination) return null
  try {
    const storage = ctx.openStorage(await destinationSpec(ctx, destination))
    try {
      return await work(storage, destination)
    } finally {
      await storage.close()
    }
  } catch (error) {
    run.signal.throwIfAborted()
    run.logger.warn(`log could not be read from ${destination.name}`, { ...toFailure(error) })
    return null
  }
}
