import { roles, type Role } from '../../contracts/common'

/**
 * The role that an identity provider's groups give: the highest of those that are mapped, else the default; null is
 * nobody we know. A provider may name groups as a list, as one name, or as names parted by spaces or commas.
 */
export function roleOfGroups(
  groups: unknown,
  rules: { roleByGroup: Readonly<Record<string, Role>>; defaultRole: Role | null },
): Role | null {
  const mapped = groupNames(groups).flatMap((name) =>
    Object.hasOwn(rules.roleByGroup, name) ? [rules.roleByGroup[name]] : [],
  )
  return roles.findLast((role) => mapped.includes(role)) ?? rules.defaultRole
}

function groupNames(groups: unknown): string[] {
  if (Array.isArray(groups)) return groups.filter((name) => typeof name === 'string')
  if (typeof groups !== 'string') return []
  return [groups, ...groups.split(/[\s,]+/)].filter((name) => name !== '')
}
