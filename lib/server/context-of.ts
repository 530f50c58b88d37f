import type { Actor } from '@/lib/contracts/common'
import { limitToSources } from '@/lib/db/limit-to-sources'
import type { ServiceContext } from '@/lib/services/context'

/**
 * The context of one request. A token that is limited to sources gets a catalog in which there are no others. Throws
 * `limited-role-missing` where the catalog's server cannot do that.
 */
export async function contextOf(context: Omit<ServiceContext, 'actor'>, actor: Actor): Promise<ServiceContext> {
  const limited = actor.type === 'token' && actor.sourceIds !== undefined
  return { ...context, actor, ...(limited ? { db: await limitToSources(context.db, actor.sourceIds ?? []) } : {}) }
}
