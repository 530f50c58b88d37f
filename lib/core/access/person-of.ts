import type { Actor } from '../../contracts/common'

/**
 * The id of the person behind an actor: the one in the browser, or the one whom a token goes back to. Null: nobody, as
 * behind a token that was known at the start or made on the command line. Names are no measure: two can be the same.
 */
export function personOf(actor: Actor): string | null {
  if (actor.type === 'user') return actor.id
  return actor.type === 'token' ? (actor.userId ?? null) : null
}
