import { roles, type Actor, type Role } from '../contracts/common'
import { HoldfastError } from '../core/holdfast-error'

/** Viewer reads, operator runs, admin configures; each includes the one before. Throws `forbidden`. */
export function permit(actor: Actor, needed: Role): void {
  if (roles.indexOf(actor.role) >= roles.indexOf(needed)) return
  throw new HoldfastError('forbidden', `This needs the role ${needed}; you are signed in as ${actor.role}.`, {
    remedy: 'Ask an administrator to do it or to change your role.',
  })
}
