import { roles, type Role } from '@/lib/contracts/common'
import type { Operations, UpdateOperations } from '@/lib/contracts/operations'

type Oidc = Operations['oidc']

/** What stands in the form. */
export interface OidcValues extends Omit<Oidc, 'issuer' | 'roleByGroup' | 'defaultRole'> {
  issuer: string
  clientSecret: string
  /** One line each: `group = role`. */
  groups: string
  /** Empty: those in none of the groups are refused. */
  defaultRole: Role | ''
}

export function toValues(stored: Oidc): OidcValues {
  const { roleByGroup, ...rest } = stored
  return {
    ...rest,
    issuer: stored.issuer ?? '',
    clientSecret: '',
    groups: Object.entries(roleByGroup)
      .map(([group, role]) => `${group} = ${role}`)
      .join('\n'),
    defaultRole: stored.defaultRole ?? '',
  }
}

/** The change to send, or what is wrong with the lines of groups. An empty secret keeps the stored one. */
export function fromValues(values: OidcValues): { ok: true; value: UpdateOperations } | { ok: false; wrong: string } {
  const { groups, clientSecret, issuer, defaultRole, ...rest } = values
  const roleByGroup: Record<string, Role> = {}
  for (const line of groups.split('\n').filter((text) => text.trim() !== '')) {
    const at = line.lastIndexOf('=')
    const group = line.slice(0, at).trim()
    const role = roles.find((name) => name === line.slice(at + 1).trim())
    if (at < 1 || group === '' || !role) {
      return { ok: false, wrong: `“${line.trim()}” is not “group = role”; roles are ${roles.join(', ')}.` }
    }
    roleByGroup[group] = role
  }
  return {
    ok: true,
    value: {
      oidc: {
        ...rest,
        issuer: issuer.trim() === '' ? null : issuer.trim(),
        roleByGroup,
        defaultRole: defaultRole === '' ? null : defaultRole,
        ...(clientSecret === '' ? {} : { clientSecret }),
      },
    },
  }
}
