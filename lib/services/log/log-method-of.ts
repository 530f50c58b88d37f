import { engineContract } from '@/lib/contracts/engines/index'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { LogWay } from '@/lib/contracts/recovery/protection'
import type { LogMethod, PushedLogMethod } from '@/lib/ports/log-method'
import type { ServiceContext } from '../context'

/** How the log of an engine is followed; throws `kind-unsupported` for one that has none. */
export function logMethodOf(ctx: Pick<ServiceContext, 'engine'>, { engine }: { engine: string }): LogMethod {
  const { log } = ctx.engine(engine)
  if (log) return log
  throw new HoldfastError('kind-unsupported', `${engineContract(engine).title} has no log that can be followed.`, {
    remedy: 'Protect the source by backups.',
  })
}

/** How servers of an engine hand in their log; throws `kind-unsupported` where they do not. */
export function pushedLogOf(ctx: Pick<ServiceContext, 'engine'>, source: { engine: string }): PushedLogMethod {
  const { pushed } = logMethodOf(ctx, source)
  if (pushed) return pushed
  throw new HoldfastError('kind-unsupported', `Servers of ${engineContract(source.engine).title} hand in no log.`, {
    remedy: 'Let the log be followed.',
  })
}

/** What says whether the log of a source can come in this way. */
export const logCheckOf = (ctx: Pick<ServiceContext, 'engine'>, source: { engine: string }, way: LogWay) =>
  way === 'push' ? pushedLogOf(ctx, source).check : logMethodOf(ctx, source).check
