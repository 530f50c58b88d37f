import type { Actor } from '@/lib/contracts/common'

/** The actor in one word, for columns that name who did something. */
export function actorName(actor: Actor): string {
  switch (actor.type) {
    case 'user':
      return actor.email
    case 'token':
      return actor.name
    case 'worker':
      return 'worker'
    case 'cli':
      return actor.user
  }
}
