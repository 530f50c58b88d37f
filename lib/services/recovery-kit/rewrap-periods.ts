import { Readable } from 'node:stream'
import type { Recipient } from '@/lib/contracts/repository/manifest'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import { recipientName } from '@/lib/core/repository/opened-by'
import { tellFailure } from '@/lib/core/tell-failure'
import type { Prisma } from '@/lib/db/generated/client'
import type { LogPeriodModel } from '@/lib/db/generated/models/LogPeriod'
import { toJson } from '@/lib/db/to-json'
import { readAll } from '@/lib/pipeline/read-all'
import type { RunContext } from '@/lib/ports/run-context'
import type { Storage } from '@/lib/ports/storage'
import type { ServiceContext } from '../context'
import { destinationSpec } from '../destination/destination-spec'
import { laterKeysOf, openPeriod, periodFiles } from '../log/period-keys'
import { wantedRecipients } from './wanted-recipients'

type Context = Pick<ServiceContext, 'db' | 'vault' | 'openStorage'>

/** A wrapped key has a few hundred bytes. */
const keyLimitBytes = 1 << 20

/** Periods of logs whose key one of these does not open. */
export function unwrappedPeriods(recipients: readonly Recipient[]): Prisma.LogPeriodWhereInput {
  return { NOT: { wrappedFor: { hasEvery: recipients.map(recipientName) } } }
}

/**
 * Wraps the keys of stored logs for each recipient that must be able to open them and cannot yet, as `rewrapCopies` does for backups.
 * The catalog has the new form first, then every destination that holds the log gets it, and only then it counts: an interrupted
 * run goes on with the same bytes.
 */
export async function rewrapPeriods(
  ctx: Context,
  run: RunContext,
): Promise<{ wrapped: number; left: number; troubles: string[] }> {
  const wanted = await wantedRecipients(ctx.db, ctx.vault)
  const troubles: string[] = []
  let wrapped = 0
  for (const period of await ctx.db.logPeriod.findMany({ where: unwrappedPeriods(wanted) })) {
    run.signal.throwIfAborted()
    try {
      await rewrapPeriod(ctx, period, wanted, run)
      wrapped += 1
    } catch (error) {
      run.signal.throwIfAborted()
      const failure = toFailure(error)
      run.logger.warn('the key of a log could not be wrapped again', { sourceId: period.sourceId, ...failure })
      if (troubles.length === 0) troubles.push(`The log of a source: ${tellFailure(failure)}`)
    }
  }
  return { wrapped, left: await ctx.db.logPeriod.count({ where: unwrappedPeriods(wanted) }), troubles }
}

async function rewrapPeriod(
  ctx: Context,
  before: LogPeriodModel,
  wanted: readonly Recipient[],
  run: RunContext,
): Promise<void> {
  const { sourceId, identity, timeline, period } = before
  const place = { sourceId, identity, timeline }
  const where = { sourceId_identity_timeline_period: { ...place, period } }
  const missing = wanted.filter((recipient) => !before.wrappedFor.includes(recipientName(recipient)))
  const later = laterKeysOf(before)
  const secret = await openPeriod(ctx.vault, before)
  for (const recipient of missing) {
    const name = recipientName(recipient)
    if (later.some((each) => each.recipient === name)) continue
    const bytes = await ctx.vault.wrapIdentity(secret, [recipient])
    later.push({ recipient: name, wrapped: Buffer.from(bytes).toString('base64') })
  }
  const row = await ctx.db.logPeriod.update({ where, data: { later: toJson(later) } })
  const files = periodFiles(row).slice(1)
  const held = await ctx.db.logRange.findMany({
    where: place,
    distinct: ['destinationId'],
    select: { destinationId: true },
  })
  const destinations = await ctx.db.destination.findMany({
    where: { id: { in: held.map(({ destinationId }) => destinationId) }, deletedAt: null },
  })
  for (const destination of destinations) {
    const storage = ctx.openStorage(await destinationSpec(ctx, destination))
    try {
      for (const { key, bytes } of files) await putOnce(storage, key, bytes, run)
    } finally {
      await storage.close()
    }
  }
  await ctx.db.logPeriod.update({ where, data: { wrappedFor: { push: missing.map(recipientName) } } })
}

/** One that lies there is of an earlier run, with the same bytes; anything else there is trouble. */
async function putOnce(storage: Storage, key: string, bytes: Buffer, run: RunContext): Promise<void> {
  try {
    await storage.put(key, Readable.from([bytes]), { sizeHintBytes: bytes.length }, run)
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'object-exists') throw error
    if (!(await readAll(await storage.get(key, null, run), keyLimitBytes)).equals(bytes)) throw error
  }
}
