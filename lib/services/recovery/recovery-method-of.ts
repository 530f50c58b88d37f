import { engineContract } from '@/lib/contracts/engines/index'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RecoveryMethod } from '@/lib/ports/recovery-method'
import type { ServiceContext } from '@/lib/services/context'

/** How an engine is recovered to a point; throws `kind-unsupported` for one that is not. */
export function recoveryMethodOf(ctx: Pick<ServiceContext, 'engine'>, { engine }: { engine: string }): RecoveryMethod {
  const { recovery } = ctx.engine(engine)
  if (recovery) return recovery
  throw new HoldfastError('kind-unsupported', `${engineContract(engine).title} is not recovered to a point in time.`, {
    remedy: 'Restore one of its backups.',
  })
}
