import type { Actor } from '@/lib/contracts/common'
import { limitToSources } from '@/lib/db/limit-to-sources'
import type { ServiceContext } from '@/lib/services/context'

/** The context of one request. A token that is limited to sources gets a catalog in which there are no others. */
export function contextOf(context: Omit<ServiceContext, 'actor'>, actor: Actor): ServiceContext {
  const limited = actor.type === 'token' && actor.sourceIds !== undefined
  return { ...context, actor, ...(limited ? { db: limitToSources(context.db, actor.sourceIds ?? []) } : {}) }
}
