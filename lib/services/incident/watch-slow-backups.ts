import { commonOptionsSchema } from '@/lib/contracts/engines/common'
import type { ServiceContext } from '../context'
import { raiseIncident } from './raise-incident'

/** Raises `backup-slow` for every backup that runs longer than its source allows. It is resolved when one succeeds. */
export async function watchSlowBackups(args: { ctx: ServiceContext; now: Date }): Promise<void> {
  const { ctx, now } = args
  const running = await ctx.db.backup.findMany({
    where: { status: 'running' },
    select: { id: true, startedAt: true, source: { select: { id: true, name: true, options: true } } },
  })
  for (const backup of running) {
    const { slowAfterMs } = commonOptionsSchema.parse(backup.source.options)
    const ranMs = now.getTime() - backup.startedAt.getTime()
    if (ranMs <= slowAfterMs) continue
    const minutes = Math.max(1, Math.round(slowAfterMs / 60_000))
    await ctx.db.$transaction((tx) =>
      raiseIncident(
        tx,
        {
          event: 'backup-slow',
          severity: 'warning',
          subjectId: backup.source.id,
          sourceId: backup.source.id,
          title: `Backup of ${backup.source.name} is slow`,
          body: `It has been running for longer than ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} and goes on.`,
          facts: { backupId: backup.id, startedAt: backup.startedAt },
        },
        now,
      ),
    )
  }
}
