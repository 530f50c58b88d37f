import type { OidcFacts } from '@/lib/contracts/people/access'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { hasClientSecret } from './client-secret'

/** Where the provider sends people back to; registered with it as `<address of this instance><path>`. */
export const oidcCallbackPath = '/api/auth/callback/oidc'

/** What an administrator needs to know beside the settings: never the secret itself. */
export async function getOidcFacts({ ctx }: { ctx: ServiceContext }): Promise<OidcFacts> {
  permit(ctx.actor, 'admin')
  return { callbackPath: oidcCallbackPath, clientSecretSet: await hasClientSecret(ctx.db) }
}
