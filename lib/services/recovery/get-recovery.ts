import type { Recovery } from '@/lib/contracts/recovery/recoveries'
import { toRecovery, withSource } from '@/lib/db/catalog/recovery'
import type { ServiceContext } from '@/lib/services/context'
import { found } from '@/lib/services/not-found'
import { permit } from '@/lib/services/permit'

/** One recovery; throws `not-found`. */
export async function getRecovery(args: { ctx: ServiceContext; input: { id: string } }): Promise<Recovery> {
  const { ctx, input } = args
  permit(ctx.actor, 'viewer')
  return toRecovery(
    found(await ctx.db.recovery.findUnique({ where: { id: input.id }, include: withSource }), 'recovery'),
  )
}
