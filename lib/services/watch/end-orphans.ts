import { alertEventSchema } from '@/lib/contracts/alerting/alert'
import type { ServiceContext } from '../context'
import { resolveIncident } from '../incident/resolve-incident'

/** Ends the incidents of sources that were deleted: no run of theirs will ever do it. */
export async function endOrphans(args: { ctx: Pick<ServiceContext, 'db'>; now: Date }): Promise<void> {
  const { db } = args.ctx
  const orphans = await db.$queryRaw<{ key: string; event: string }[]>`
    SELECT a.key, a.event FROM alert a JOIN source s ON s.id = a.source_id
    WHERE a.resolved_at IS NULL AND s.deleted_at IS NOT NULL`
  for (const { key, event } of orphans) {
    const parsed = alertEventSchema.safeParse(event)
    if (!parsed.success) continue
    await db.$transaction((tx) => resolveIncident(tx, [parsed.data], key.slice(event.length + 1), args.now))
  }
}
