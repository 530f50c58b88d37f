import type { Failure } from '@/lib/contracts/common'
import { longestRestoreTestMs } from '@/lib/contracts/engines/common'
import { sweepSandboxes } from '@/lib/sandbox/sweep'
import { removeDeleted } from '@/lib/services/cleanup/remove-deleted'
import { reconcileSafetyNets } from '@/lib/services/destination/reconcile-safety-nets'
import { sandboxRoot } from '../sandbox-order'
import { removeAllExpiredLog } from '@/lib/services/recovery/remove-expired-log'
import type { Task } from '../task'

/** A sandbox without an owner goes at once; one that looks owned goes after this time all the same. */
const sandboxLimitMs = 2 * 3_600_000
/** While restore tests or recoveries run, one of them may be old and in use: longer than the longest limit that can be set. */
const busySandboxLimitMs = longestRestoreTestMs + 3_600_000

/** Sweeps sandboxes, finishes begun deletions, removes what crashed runs left and expired log, and checks the stores' safety nets. */
export const cleanupTask: Task = {
  async run({ ctx, run, home }) {
    const running = await ctx.db.job.count({ where: { kind: { in: ['restore-test', 'recovery'] }, state: 'running' } })
    const limitMs = running > 0 ? busySandboxLimitMs : sandboxLimitMs
    const swept = await sweepSandboxes(sandboxRoot(home), limitMs, run)
    if (swept.length > 0) run.logger.info('removed sandboxes', { count: swept.length })
    await reconcileSafetyNets({ ctx, run })
    const backups = await removeDeleted({ ctx, run })
    const log = await removeAllExpiredLog({ ctx, run })
    run.logger.info('clean-up done', { sandboxes: swept.length, folders: backups.removed, logObjects: log.removed })
    const troubles = [...backups.troubles, ...log.troubles]
    const failure: Failure = {
      code: 'cleanup-incomplete',
      message: `Some objects could not be removed. ${troubles.join(' ')}`,
      remedy: 'Check the destinations; the next clean-up tries again.',
    }
    return {
      outcome: troubles.length === 0 ? { type: 'succeeded' } : { type: 'partial', failure },
      commit: async () => undefined,
    }
  },
}
