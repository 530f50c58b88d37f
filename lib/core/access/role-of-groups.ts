import { roles, type Role } from '../../contracts/common'

/**
 * The role that an identity provider's groups give: the highest of those that are mapped, else the default; null is nobody
 * we know. A provider names groups as a list, or as one name. One name is never split: in "interns, dba" the comma may be
 * part of a group's name; splitting it would let anyone who can name groups become an administrator.
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
  return typeof groups === 'string' ? [groups] : []
}
