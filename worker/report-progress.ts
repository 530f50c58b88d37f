import type { Progress } from '@/lib/contracts/job'
import { toJson } from '@/lib/db/to-json'
import type { ServiceContext } from '@/lib/services/context'
import type { ClaimedJob } from '@/lib/services/job/claim-next-job'

const everyMs = 700

/** Writes progress to the job's row, the newest value at most every `everyMs`; lost writes do not matter. */
export function progressReporter(
  ctx: ServiceContext,
  job: ClaimedJob,
): { report(progress: Progress): void; stop(): Promise<void> } {
  let latest: Progress | null = null
  let writing: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | null = null
  let stopped = false

  const write = () => {
    timer = null
    const progress = latest
    latest = null
    if (!progress || stopped) return
    writing = ctx.db.job
      .updateMany({ where: { id: job.id, fence: job.fence, state: 'running' }, data: { progress: toJson(progress) } })
      .then(() => undefined)
      .catch((error: unknown) => ctx.logger.debug('progress was not written', { error: String(error) }))
  }
  return {
    report(progress) {
      latest = progress
      timer ??= setTimeout(write, everyMs)
    },
    async stop() {
      stopped = true
      if (timer) clearTimeout(timer)
      await writing
    },
  }
}
