import type { Failure } from '@/lib/contracts/common'
import { rewrapAll } from '@/lib/services/recovery-kit/rewrap-all'
import type { Task } from '../task'

/** Wraps the keys of all backups and logs for a new recovery kit, or a new master key, that does not open them yet. */
export const rewrapTask: Task = {
  async run({ ctx, run }) {
    const { wrapped, left, leftInWords, troubles } = await rewrapAll(ctx, run)
    run.logger.info('keys wrapped again', { wrapped, left })
    const failure: Failure = {
      code: 'rewrap-incomplete',
      message: `${leftInWords} could not be wrapped for the recovery kit. ${troubles.join(' ')}`,
      remedy: 'Check the destinations; it is retried automatically.',
    }
    return {
      outcome: left === 0 ? { type: 'succeeded' } : { type: 'partial', failure },
      commit: async () => undefined,
    }
  },
}
