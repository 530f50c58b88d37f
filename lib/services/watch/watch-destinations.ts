import type { AlertEvent } from '@/lib/contracts/alerting/alert'
import { probeReportSchema } from '@/lib/contracts/destination'
import { destinationOptionsSchema } from '@/lib/contracts/operations'
import { destinationFindings, type WatchedDestination } from '@/lib/core/health/destination-findings'
import { tellFailure } from '@/lib/core/tell-failure'
import { parseOrNull } from '@/lib/db/catalog/parse-or-null'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import type { ServiceContext } from '../context'
import { readOperations } from '../operations/read-operations'
import { inTurns } from './in-turns'
import { lookAtDestination } from './look-at-destination'
import { updateIncidents } from './update-incidents'
import { storedClasses } from './stored-classes'

const events: AlertEvent[] = ['destination-unreachable', 'destination-nearly-full', 'destination-over-budget']
/**
 * With the second check a minute after a failed one, trouble is reported within five minutes; a listing costs next to
 * nothing.
 */
const lookEveryMs = 3 * 60_000
const lookAgainAfterMs = 50_000
const atOnce = 8

type Deps = Pick<ServiceContext, 'db' | 'openStorage' | 'vault' | 'logger' | 'clock'>

/** Checks every destination that is due, records the result, and reports what is unreachable, full or over budget. */
export async function watchDestinations(args: { ctx: Deps; now: Date; signal: AbortSignal }): Promise<void> {
  const { ctx, now, signal } = args
  const before = await ctx.db.destination.findMany({ where: { deletedAt: null } })
  await inTurns(
    before.filter((row) => isDue(row, now)),
    atOnce,
    async (row) => {
      if (!signal.aborted) await look(ctx, row, now, signal)
    },
  )
  signal.throwIfAborted()
  const { watch, prices } = await readOperations(ctx.db)
  const found = (await watchedDestinations(ctx)).flatMap((destination) =>
    destinationFindings(destination, { nearlyFullShare: watch.nearlyFullShare, ...prices }).map((finding) => ({
      subjectId: destination.id,
      sourceId: null,
      finding,
    })),
  )
  await updateIncidents(ctx.db, { events, found, now })
}

function isDue(row: DestinationModel, now: Date): boolean {
  if (!row.probedAt) return true
  const probe = parseOrNull(probeReportSchema, row.probe)
  return now.getTime() - row.probedAt.getTime() >= (probe?.ok === false ? lookAgainAfterMs : lookEveryMs)
}

async function look(ctx: Deps, row: DestinationModel, now: Date, signal: AbortSignal): Promise<void> {
  try {
    const report = JSON.stringify(await lookAtDestination(ctx, row, signal))
    // Not through the model, which would mark the settings as changed; and not when they were while we looked.
    await ctx.db.$executeRaw`
      UPDATE destination SET probe = ${report}::jsonb, probed_at = ${now}
      WHERE id = ${row.id}::uuid AND updated_at = ${row.updatedAt}`
  } catch (error) {
    if (!signal.aborted) ctx.logger.error('a destination could not be looked at', { id: row.id, error: String(error) })
  }
}

async function watchedDestinations(ctx: Deps): Promise<WatchedDestination[]> {
  const rows = await ctx.db.destination.findMany({ where: { deletedAt: null } })
  const stored = await storedClasses(ctx.db, rows)
  return rows.map((row) => {
    const probe = parseOrNull(probeReportSchema, row.probe)
    const options = destinationOptionsSchema.parse(row.options)
    return {
      id: row.id,
      name: row.name,
      trouble: probe?.failedInARow
        ? { failedInARow: probe.failedInARow, message: probe.error ? tellFailure(probe.error) : 'It does not answer.' }
        : null,
      space: probe?.space ?? null,
      capacityBytes: options.capacityBytes ?? null,
      monthlyBudget: options.monthlyBudget ?? null,
      stored: stored.get(row.id) ?? [],
    }
  })
}
