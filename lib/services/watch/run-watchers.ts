import { toFailure } from '@/lib/core/holdfast-error'
import type { ServiceContext } from '../context'
import { sumLog } from '../log/sum-log'
import { claimTurn } from './claim-turn'
import { endOrphans } from './end-orphans'
import { watchCertificates } from './watch-certificates'
import { watchDestinations } from './watch-destinations'
import { watchLateCopies } from './watch-late-copies'
import { watchSources } from './watch-sources'
import { watchTokens } from './watch-tokens'
import { watchWorkers } from './watch-workers'

const dayMs = 86_400_000
/** While a certificate is reported as expiring, it is read hourly: people renew it and want to see that it is recognised. */
const hourMs = 3_600_000

/**
 * Everything that is watched without a job: called every minute by every worker, done by one of them. A watcher that
 * fails does not keep the others from looking. `waitingSince`: when the caller started.
 */
export async function runWatchers(args: {
  ctx: ServiceContext
  now: Date
  signal: AbortSignal
  waitingSince: Date
}): Promise<void> {
  const { ctx, now, signal } = args
  if (!(await claimTurn(ctx.db, 'watch', 50_000))) return
  const guarded = async (name: string, watch: () => Promise<unknown>) => {
    if (signal.aborted) return
    await watch().catch((error: unknown) => {
      if (!signal.aborted) ctx.logger.error(`watching ${name} failed`, { error: toFailure(error).message })
    })
  }
  await guarded('workers', () => watchWorkers({ ctx, now, waitingSince: args.waitingSince }))
  await guarded('sources', () => watchSources({ ctx, now }))
  await guarded('late copies', () => watchLateCopies({ ctx, now }))
  await guarded('deleted sources', () => endOrphans({ ctx, now }))
  await guarded('tokens', () => watchTokens({ ctx, now }))
  await guarded('sizes of logs', () => sumLog(ctx))
  await guarded('destinations', () => watchDestinations({ ctx, now, signal }))
  await guarded('certificates', async () => {
    const open = await ctx.db.alert.count({ where: { event: 'certificate-expiring', resolvedAt: null } })
    if (await claimTurn(ctx.db, 'watch.certificates', open > 0 ? hourMs : dayMs)) {
      await watchCertificates({ ctx, now, signal })
    }
  })
}
