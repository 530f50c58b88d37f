import type { Actor } from '@/lib/contracts/common'
import { asOwner } from '@/lib/db/as-owner'
import type { Tx } from '@/lib/db/client'
import { actorName } from '../actor-name'
import type { ServiceContext } from '../context'
import { tellOnce } from '../incident/tell-once'

export interface GuardedNews {
  /** After the name of who did it, such as `asks for an agreement`. */
  did: string
  /** Sentences: what it is about, and what one can do now. */
  body: string
  facts: Record<string, unknown>
}

/**
 * Reports every guarded change through the channels that subscribe to it, so that a thief of one administrator's session
 * cannot make it unseen (security 23). Part of the caller's transaction: what is rolled back is not reported. What the
 * worker carries out was reported when it was decided.
 */
export async function tellAdministrators(
  ctx: Pick<ServiceContext, 'actor' | 'clock'>,
  tx: Tx,
  news: GuardedNews,
): Promise<void> {
  const { actor } = ctx
  if (actor.type === 'worker') return
  const notice = {
    event: 'guarded-change',
    severity: 'warning',
    sourceId: null,
    title: `${who(actor)} ${news.did}`,
    body: news.body,
    facts: { ...news.facts, by: actorName(actor), byType: actor.type },
  } as const
  // It is about the instance and goes to channels, and a limited token sees neither.
  await asOwner(tx, () => tellOnce(tx, notice, ctx.clock.now()))
}

/** Who did it, at the beginning of a sentence. */
export function who(actor: Actor): string {
  const name = actorName(actor)
  return actor.type === 'token' ? `The token ${name}` : actor.type === 'cli' ? `${name} (command line)` : name
}
