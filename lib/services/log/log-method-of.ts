import { engineContract } from '@/lib/contracts/engines/index'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { LogMethod } from '@/lib/ports/log-method'
import type { ServiceContext } from '../context'

/** How the log of an engine is followed; throws `kind-unsupported` for one that has none. */
export function logMethodOf(ctx: Pick<ServiceContext, 'engine'>, { engine }: { engine: string }): LogMethod {
  const { log } = ctx.engine(engine)
  if (log) return log
  throw new HoldfastError('kind-unsupported', `${engineContract(engine).title} has no log that can be followed.`, {
    remedy: 'Protect the source by backups.',
  })
}
