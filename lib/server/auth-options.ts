import type { NextAuthOptions } from 'next-auth'
import CredentialsProvider from 'next-auth/providers/credentials'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { sessionMaxMs } from '@/lib/services/session/limits'
import { readSession } from '@/lib/services/session/read-session'
import { signIn } from '@/lib/services/session/sign-in'
import { signOut } from '@/lib/services/session/sign-out'
import { createLogger } from '@/lib/process/create-logger'
import { clientAddress } from './client-address'
import { container } from './container'
import { servedByHttps } from './public-url'
import { sessionCookieName } from './session-cookie'

declare module 'next-auth' {
  interface User {
    sessionId: string
  }
}
declare module 'next-auth/jwt' {
  interface JWT {
    sid?: string
  }
}

/** The error code that the sign-in page reads from `signIn(...)`: `rate-limited:<seconds>` carries the wait. */
function signInCode(error: HoldfastError): string {
  const wait = error.facts['retryAfterMs']
  return typeof wait === 'number' ? `${error.code}:${Math.ceil(wait / 1000)}` : error.code
}

const logger = createLogger('web')

function messageOf(metadata: unknown): string {
  if (metadata instanceof Error) return metadata.message
  const inner = typeof metadata === 'object' && metadata !== null && 'error' in metadata ? metadata.error : metadata
  return inner instanceof Error ? inner.message : 'no message'
}

/** next-auth issues and clears the cookie; whether a session is good is the catalog's word, asked at every request. */
export const authOptions: NextAuthOptions = {
  session: { strategy: 'jwt', maxAge: sessionMaxMs / 1000 },
  pages: { signIn: '/login', error: '/login' },
  useSecureCookies: servedByHttps,
  cookies: {
    sessionToken: {
      name: sessionCookieName,
      options: { httpOnly: true, sameSite: 'lax', path: '/', secure: servedByHttps },
    },
  },
  providers: [
    CredentialsProvider({
      name: 'Password',
      credentials: { email: { type: 'email' }, password: { type: 'password' }, code: { type: 'text' } },
      async authorize(credentials, request) {
        const { context, signIns } = await container()
        const headers: Record<string, unknown> = request.headers ?? {}
        const header = (name: string) => (typeof headers[name] === 'string' ? headers[name] : null)
        try {
          const session = await signIn({
            ctx: context,
            counters: signIns,
            input: {
              email: credentials?.email.slice(0, 254) ?? '',
              password: credentials?.password.slice(0, 256) ?? '',
              code: credentials?.code?.slice(0, 64) ?? '',
              address: clientAddress(header('x-forwarded-for')),
              userAgent: header('user-agent'),
            },
          })
          return { id: session.userId, sessionId: session.sessionId }
        } catch (error) {
          if (error instanceof HoldfastError) throw new Error(signInCode(error), { cause: error })
          context.logger.error('sign-in broke', { error: error instanceof Error ? error.stack : String(error) })
          throw new Error('unexpected', { cause: error })
        }
      },
    }),
  ],
  callbacks: {
    // The token names the session and nothing else: role and name are read from the catalog when they matter.
    jwt: ({ token, user }) => (user ? { sub: user.id, sid: user.sessionId } : { sub: token.sub, sid: token.sid }),
    async session({ session, token }) {
      const { context } = await container()
      const actor = token.sid ? await readSession({ ctx: context, input: { sessionId: token.sid } }) : null
      return { expires: session.expires, ...(actor ? { user: { email: actor.email } } : {}) }
    },
  },
  // Its own logger would print whole answers of the identity provider.
  logger: {
    error: (code, metadata) => logger.error('sign-in library', { code, error: messageOf(metadata) }),
    warn: (code) => logger.warn('sign-in library', { code }),
    debug: () => undefined,
  },
  events: {
    async signOut({ token }) {
      const { context } = await container()
      if (token.sid) await signOut({ ctx: context, input: { sessionId: token.sid } })
    },
  },
}
