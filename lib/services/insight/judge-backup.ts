import type { Anomaly } from '@/lib/contracts/insight'
import { findAnomalies } from '@/lib/core/insight/find-anomalies'
import type { ServiceContext } from '../context'
import { raiseIncident } from '../incident/raise-incident'
import { resolveIncident } from '../incident/resolve-incident'
import { readJudgedBackups } from './read-judged-backups'

/**
 * Holds a good backup against those before it and raises `backup-anomaly` when something stands out; the next backup
 * that is as usual ends it. Says nothing about whether the backup is good: that is decided by what was stored.
 */
export async function judgeBackup(args: {
  ctx: Pick<ServiceContext, 'db' | 'clock'>
  input: { sourceId: string; backupId: string }
}): Promise<Anomaly[]> {
  const { ctx, input } = args
  const { sourceId, backupId } = input
  const [latest, ...history] = await readJudgedBackups(ctx.db, { sourceId, upTo: backupId })
  if (!latest) return []
  const anomalies = findAnomalies(history, latest)
  const now = ctx.clock.now()
  await ctx.db.$transaction(async (tx) => {
    if (anomalies.length === 0) return resolveIncident(tx, ['backup-anomaly'], sourceId, now)
    const source = await tx.source.findUniqueOrThrow({ where: { id: sourceId }, select: { name: true } })
    await raiseIncident(
      tx,
      {
        event: 'backup-anomaly',
        severity: anomalies.some(({ severity }) => severity === 'critical') ? 'critical' : 'warning',
        subjectId: sourceId,
        sourceId,
        title: `Backup of ${source.name} looks unusual`,
        body: anomalies.map(({ message }) => message).join(' '),
        facts: { backupId, anomalies },
      },
      now,
    )
  })
  return anomalies
}
