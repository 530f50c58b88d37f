import type { Operations } from '@/lib/contracts/operations'
import type { ServiceContext } from '../context'
import { readOperations } from '../operations/read-operations'
import { readClientSecret } from './client-secret'

/** The identity provider as the sign-in needs it. */
export interface Oidc {
  issuer: string
  clientId: string
  clientSecret: string | null
  scopes: string
  label: string
  groupsClaim: string
  roles: Pick<Operations['oidc'], 'roleByGroup' | 'defaultRole'>
}

/** The identity provider that is turned on and complete; null when there is none. */
export async function readOidc({ ctx }: { ctx: Pick<ServiceContext, 'db' | 'vault'> }): Promise<Oidc | null> {
  const { oidc } = await readOperations(ctx.db)
  if (!oidc.enabled || oidc.issuer === null || oidc.clientId === '') return null
  const { issuer, clientId, scopes, label, groupsClaim, roleByGroup, defaultRole } = oidc
  const clientSecret = await readClientSecret(ctx, ctx.db)
  return { issuer, clientId, clientSecret, scopes, label, groupsClaim, roles: { roleByGroup, defaultRole } }
}

/** What the sign-in page offers beside the password: open to everyone, so nothing but the button's words. */
export async function signInOffer({ ctx }: { ctx: Pick<ServiceContext, 'db'> }): Promise<{ oidcLabel: string | null }> {
  const { oidc } = await readOperations(ctx.db)
  const on = oidc.enabled && oidc.issuer !== null && oidc.clientId !== ''
  return { oidcLabel: on ? oidc.label : null }
}
