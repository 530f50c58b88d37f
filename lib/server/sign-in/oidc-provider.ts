import type { OAuthConfig } from 'next-auth/providers/oauth'
import { z } from 'zod'
import { RestrictedHttpAgent, RestrictedHttpsAgent } from '@/lib/network/restricted-agent'
import { discoveryUrl } from '@/lib/services/oidc/discovery-url'
import type { Oidc } from '@/lib/services/oidc/read-oidc'

const claimsSchema = z.record(z.string(), z.unknown())
type Claims = z.infer<typeof claimsSchema>

/** How long the provider may take for each answer. */
const limitMs = 10_000

/**
 * The identity provider as next-auth takes it. The library checks state, nonce, PKCE, and of the ID token signature,
 * issuer, audience and times; what it hands on are claims. Many providers put groups and address only into the user info.
 */
export function oidcProvider(oidc: Oidc): OAuthConfig<Claims> {
  return {
    id: 'oidc',
    name: oidc.label,
    type: 'oauth',
    wellKnown: discoveryUrl(oidc.issuer),
    clientId: oidc.clientId,
    ...(oidc.clientSecret === null
      ? { client: { token_endpoint_auth_method: 'none' } }
      : { clientSecret: oidc.clientSecret }),
    authorization: { params: { scope: withOpenid(oidc.scopes) } },
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    httpOptions: { timeout: limitMs, agent: agentFor(oidc.issuer) },
    userinfo: {
      async request({ client, tokens }) {
        const claims = checkedClaims(tokens.id_token)
        if (client.issuer.metadata.issuer !== oidc.issuer) throw new Error('the provider calls itself by another name')
        const complete = oidc.groupsClaim in claims && 'email' in claims
        if (complete || !client.issuer.metadata.userinfo_endpoint || !tokens.access_token) return claims
        const info: Claims = await client.userinfo(tokens.access_token)
        // The user info says whom it is about; another subject than the ID token's is somebody else's.
        return info['sub'] === claims['sub'] ? { ...info, ...claims } : claims
      },
    },
    profile: (claims) => ({ id: String(claims['sub'] ?? ''), sessionId: '' }),
  }
}

/** Of one scheme: a provider whose documents name addresses of the other is not followed there. */
const agentFor = (issuer: string) =>
  issuer.startsWith('https:') ? new RestrictedHttpsAgent() : new RestrictedHttpAgent()

/** The claims of an ID token that the library has checked a moment ago; its types do not hand on the checked ones. */
function checkedClaims(idToken: string | undefined): Claims {
  const payload = idToken?.split('.')[1] ?? ''
  return claimsSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
}

const withOpenid = (scopes: string): string => [...new Set(['openid', ...scopes.split(/\s+/)])].join(' ').trim()
