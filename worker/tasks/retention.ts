import { applyRetention } from '@/lib/services/retention/apply-retention'
import { removeDeleted } from '@/lib/services/cleanup/remove-deleted'
import type { Task } from '../task'

/** Marks what the source's policy no longer keeps, then removes it from the stores. */
export const retentionTask: Task = {
  async run({ ctx, job, run }) {
    const { marked } = await applyRetention({ ctx, sourceId: job.sourceId ?? '', now: ctx.clock.now() })
    for (const { id, reason } of marked) run.logger.info('deleting a backup', { backupId: id, reason })
    if (marked.length > 0) await removeDeleted({ ctx, backupIds: marked.map(({ id }) => id), run })
    return { outcome: { type: 'succeeded' }, commit: async () => undefined }
  },
}
