import type { NextAuthOptions } from 'next-auth'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { readOidc, type Oidc } from '@/lib/services/oidc/read-oidc'
import { signInWithOidc } from '@/lib/services/oidc/sign-in-with-oidc'
import { authOptions } from './auth-options'
import { clientAddress } from '@/lib/server/client-address'
import { container } from '@/lib/server/container'
import { oidcProvider } from './oidc-provider'
import { passwordProvider, type SignInOutcome } from './password-provider'
import { readCookie } from './read-cookie'
import { sessionCookieName, sessionIdOf } from './session-cookie'

/**
 * What the sign-in library is run with for one request: the password always, and the identity provider as it is
 * configured now. A refusal leads back to the sign-in page with its code.
 */
export async function authOptionsFor(headers: Headers, outcome: SignInOutcome = {}): Promise<NextAuthOptions> {
  const { context } = await container()
  const oidc = await readOidc({ ctx: context })
  const byPassword = { ...authOptions, providers: [passwordProvider(outcome)] }
  if (!oidc) return byPassword
  return {
    ...byPassword,
    providers: [...byPassword.providers, oidcProvider(oidc)],
    callbacks: {
      ...authOptions.callbacks,
      async signIn({ user, account, profile }) {
        if (account?.provider !== 'oidc') return true
        try {
          const session = await openOidcSession(oidc, headers, { ...profile })
          // The library passes this object on to the jwt callback, which puts the session into the cookie.
          Object.assign(user, { id: session.userId, sessionId: session.sessionId })
          return true
        } catch (error) {
          if (error instanceof HoldfastError) return `/login?error=${encodeURIComponent(error.code)}`
          context.logger.error('single sign-on broke', { error: error instanceof Error ? error.stack : String(error) })
          return '/login?error=unexpected'
        }
      },
    },
  }
}

async function openOidcSession(
  oidc: Oidc,
  headers: Headers,
  claims: Record<string, unknown>,
): Promise<{ userId: string; sessionId: string }> {
  const { context } = await container()
  return signInWithOidc({
    ctx: context,
    input: {
      oidc,
      claims,
      replaces: await sessionIdOf(readCookie(headers, sessionCookieName)),
      address: clientAddress(headers.get('x-forwarded-for')),
      userAgent: headers.get('user-agent'),
    },
  })
}
