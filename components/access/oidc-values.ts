import { roles, type Role } from '@/lib/contracts/common'
import type { Operations } from '@/lib/contracts/operations'

type Oidc = Operations['oidc']

/** What stands in the form. */
export interface OidcValues extends Omit<Oidc, 'issuer' | 'roleByGroup' | 'defaultRole'> {
  issuer: string
  clientSecret: string
  /** One line each: `group = role`. */
  roleByGroup: string
  /** Empty: those in none of the groups are refused. */
  defaultRole: Role | ''
}

export function toValues(stored: Oidc): OidcValues {
  const { roleByGroup, ...rest } = stored
  return {
    ...rest,
    issuer: stored.issuer ?? '',
    clientSecret: '',
    roleByGroup: Object.entries(roleByGroup)
      .map(([group, role]) => `${group} = ${role}`)
      .join('\n'),
    defaultRole: stored.defaultRole ?? '',
  }
}

/** What is sent; an empty secret keeps the stored one. */
export function oidcInputOf({ clientSecret, issuer, defaultRole, roleByGroup, ...rest }: OidcValues) {
  return {
    ...rest,
    issuer: issuer.trim() === '' ? null : issuer.trim(),
    roleByGroup: readGroups(roleByGroup).roles,
    defaultRole: defaultRole === '' ? null : defaultRole,
    ...(clientSecret === '' ? {} : { clientSecret }),
  }
}

/** The lines of groups, and what is wrong with the first that is none. */
export function readGroups(text: string): { roles: Record<string, Role>; wrong?: string } {
  const read: Record<string, Role> = {}
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const at = line.lastIndexOf('=')
    const group = line.slice(0, at).trim()
    const role = roles.find((name) => name === line.slice(at + 1).trim())
    if (at < 1 || group === '' || !role) {
      return { roles: read, wrong: `“${line.trim()}” is not “group = role”; roles are ${roles.join(', ')}.` }
    }
    read[group] = role
  }
  return { roles: read }
}
