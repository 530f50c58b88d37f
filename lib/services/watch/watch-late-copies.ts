import { failureSchema } from '@/lib/contracts/common'
import { isBehind, isInTime } from '@/lib/core/copy/behind'
import type { ServiceContext } from '../context'
import { raisePartial, rpoOf } from '@/lib/services/copy/update-partial-backup'
import { incidentKey } from '../incident/raise-incident'

/** Reports copies that should have followed their backup and are late; once per source, until it has caught up. */
export async function watchLateCopies(args: { ctx: Pick<ServiceContext, 'db'>; now: Date }): Promise<void> {
  const { db } = args.ctx
  const { now } = args
  const destinations = await db.destination.findMany({ where: { deletedAt: null }, select: { id: true } })
  const copies = await db.backupCopy.findMany({
    where: {
      // With the destinations named, the index of both finds the few among a million that are stored.
      destinationId: { in: destinations.map(({ id }) => id) },
      state: { in: ['pending', 'uploading'] },
      backup: { status: 'partial', deletedAt: null, sample: false, source: { deletedAt: null } },
    },
    select: {
      state: true,
      error: true,
      backup: {
        select: {
          id: true,
          sourceId: true,
          jobId: true,
          finishedAt: true,
          error: true,
          source: { select: { name: true, options: true } },
        },
      },
    },
    orderBy: { id: 'asc' },
  })
  const late = copies.filter((copy) => {
    const { finishedAt, source } = copy.backup
    return isBehind(copy) && !isInTime(copy, { finishedAt, rpoObjectiveMs: rpoOf(source) }, now)
  })
  for (const [sourceId, own] of Map.groupBy(late, ({ backup }) => backup.sourceId)) {
    const key = incidentKey('backup-partial', sourceId)
    if ((await db.alert.count({ where: { key, resolvedAt: null } })) > 0) continue
    for (const { backup } of own.slice(0, 1)) {
      const failure = failureSchema.parse(backup.error)
      await db.$transaction((tx) => raisePartial(tx, { ...backup, backupId: backup.id, failure, now }))
    }
  }
}
