import { roles, type Role } from '@/lib/contracts/common'

/** Viewer reads, operator runs, admin configures; each includes the one before. The services decide; this only explains. */
export function allows(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed)
}

export const roleWords: Record<Role, { name: string; can: string }> = {
  viewer: { name: 'Viewer', can: 'Sees everything, changes nothing' },
  operator: { name: 'Operator', can: 'Runs backups, restore tests and restores' },
  admin: { name: 'Administrator', can: 'Configures everything' },
}
