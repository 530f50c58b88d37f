import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { checkTiming } from './check-timing'

/** The next five runs of timing that is not stored. Throws `cron-invalid` and `time-zone-unknown`. */
export async function previewSchedule({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { cron: string; timeZone: string }
}): Promise<{ nextRuns: string[] }> {
  permit(ctx.actor, 'viewer')
  return { nextRuns: checkTiming(input, ctx.clock.now()).map((run) => run.toISOString()) }
}
