import { z } from 'zod'
import { anomalySchema, type AnomalyIncident } from '@/lib/contracts/insight'
import type { Tx } from '@/lib/db/client'

const factsSchema = z.object({
  backupId: z.uuid().nullable().catch(null),
  anomalies: z.array(anomalySchema).catch([]),
})
const shownMs = 30 * 86_400_000
const mostShown = 50

/** Backups that looked unusual: those whose incident is open first, then those of the last 30 days. */
export async function listAnomalies(tx: Tx, now: Date, names: Map<string, string>): Promise<AnomalyIncident[]> {
  const alerts = await tx.alert.findMany({
    where: {
      event: 'backup-anomaly',
      OR: [{ resolvedAt: null }, { lastSeenAt: { gte: new Date(now.getTime() - shownMs) } }],
    },
    orderBy: [{ resolvedAt: { sort: 'desc', nulls: 'first' } }, { lastSeenAt: 'desc' }],
    take: mostShown,
  })
  return alerts.flatMap((alert) => {
    const sourceName = alert.sourceId ? names.get(alert.sourceId) : undefined
    if (!alert.sourceId || sourceName === undefined) return []
    return [
      {
        alertId: alert.id,
        sourceId: alert.sourceId,
        sourceName,
        ...factsSchema.parse(alert.facts),
        openedAt: alert.openedAt.toISOString(),
        lastSeenAt: alert.lastSeenAt.toISOString(),
        resolvedAt: alert.resolvedAt?.toISOString() ?? null,
      },
    ]
  })
}
