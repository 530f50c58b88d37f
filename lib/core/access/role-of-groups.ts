import { roles, type Role } from '../../contracts/common'

/**
 * The role that an identity provider's groups give: the highest of those that are mapped, else the default; null is
 * nobody we know. A provider names groups as a list, or as one name. One name is never split: in "interns, dba" the
 * comma is part of what somebody called their group, and whoever may name groups would make themselves administrator.
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
