import type { Actor } from '@/lib/contracts/common'
import { HoldfastError } from '@/lib/core/holdfast-error'

/** The person in their browser, for what tokens and workers do not have: a session, a password, a second factor. */
export function requirePerson(actor: Actor): Extract<Actor, { type: 'user' }> & { sessionId: string } {
  if (actor.type === 'user' && actor.sessionId !== undefined) return { ...actor, sessionId: actor.sessionId }
  throw new HoldfastError('needs-person', 'Only a signed-in person can do this; an API token cannot.', {
    remedy: 'Sign in to Holdfast in a browser.',
  })
}
