import type { Failure } from '@/lib/contracts/common'
import { catalogNow } from '@/lib/db/catalog-now'
import { applyRetention } from '@/lib/services/retention/apply-retention'
import { removeDeleted } from '@/lib/services/cleanup/remove-deleted'
import { removeExpiredLog } from '@/lib/services/recovery/remove-expired-log'
import type { Task } from '../task'

/** More than this apart, one of the two clocks is wrong, and nothing is decided by either. */
const clockToleranceMs = 3_600_000

/**
 * Marks what the policies no longer keep and what waited long enough, then removes it from the stores, and the log that none of the
 * backups left needs.
 */
export const retentionTask: Task = {
  async run({ ctx, job, run }) {
    const now = await catalogNow(ctx.db)
    const apartMs = Math.abs(ctx.clock.now().getTime() - now.getTime())
    if (apartMs > clockToleranceMs) {
      run.logger.warn("nothing is decided: this machine's clock and the catalog's disagree", { apartMs })
      return { outcome: { type: 'succeeded' }, commit: async () => undefined }
    }
    const sourceId = job.sourceId ?? ''
    const { marked, toRemove, planned, paused } = await applyRetention({ ctx, sourceId, now })
    if (paused) run.logger.warn('retention is paused until someone acknowledges it')
    if (planned > 0) run.logger.info('deletions wait for the grace time', { planned })
    for (const { id, reason } of marked) run.logger.info('deleting a backup', { backupId: id, reason })
    const backups = toRemove.length > 0 ? (await removeDeleted({ ctx, backupIds: toRemove, run })).troubles : []
    const log = await removeExpiredLog({ ctx, sourceId, run })
    if (log.removed > 0) run.logger.info('removed log that no kept backup needs', { objects: log.removed })
    const troubles = [...backups, ...log.troubles]
    const failure: Failure = {
      code: 'cleanup-incomplete',
      message: `Some objects could not be removed. ${troubles.join(' ')}`,
      remedy: 'Check the permission to delete and object locks; the hourly clean-up tries again.',
    }
    return {
      outcome: troubles.length === 0 ? { type: 'succeeded' } : { type: 'partial', failure },
      commit: async () => undefined,
    }
  },
}
