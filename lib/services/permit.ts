import { roles, type Actor, type Role } from '../contracts/common'
import type { RouteAccess } from '../contracts/routes/find-route'
import { scopeAllows } from '@/lib/contracts/people/token-scope'
import { HoldfastError } from '../core/holdfast-error'

/** Viewer reads, operator runs, admin configures; each includes the one before. Throws `forbidden`. */
export function permit(actor: Actor, needed: Role): void {
  if (roles.indexOf(actor.role) >= roles.indexOf(needed)) return
  throw new HoldfastError('forbidden', `This needs the role ${needed}; you are signed in as ${actor.role}.`, {
    remedy: 'Ask an administrator to do it or to change your role.',
  })
}

/**
 * What a token may be used for, beside its role. `access` is the operation's entry in the list of routes; without one a
 * token that has scopes or sources may not use it. Throws `needs-person`, `scope-missing` and `token-limited`.
 */
export function permitToken(actor: Actor, access: RouteAccess | undefined): void {
  if (actor.type !== 'token') return
  const scope = access?.scope ?? 'admin'
  if (scope === 'person') {
    throw new HoldfastError('needs-person', 'Only a signed-in person can do this; an API token cannot.', {
      remedy: 'Sign in to Holdfast in a browser.',
    })
  }
  if (!scopeAllows(actor.scopes, scope)) {
    throw new HoldfastError(
      'scope-missing',
      `This needs the scope ${scope}, which the token ${actor.name} does not have.`,
      {
        remedy: 'Use another token, or have an administrator make one with this scope.',
        facts: { scope },
      },
    )
  }
  if (actor.sourceIds !== undefined && !access?.perSource) {
    throw new HoldfastError('token-limited', `The token ${actor.name} is limited to some sources; this is about all.`, {
      remedy: 'Use a token that is not limited to sources.',
    })
  }
}
