import { roles, type Role } from '../../contracts/common'

/**
 * The role that a token has at this moment: its own, and no more than that of the person it goes back to. Null: it does
 * not work, since that person is disabled. A token made by nobody keeps its own.
 */
export function tokenRole(own: Role, maker: { role: Role; disabled: boolean } | null): Role | null {
  if (maker === null) return own
  if (maker.disabled) return null
  return roles.indexOf(maker.role) < roles.indexOf(own) ? maker.role : own
}
