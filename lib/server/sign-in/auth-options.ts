import type { NextAuthOptions } from 'next-auth'
import { sessionMaxMs } from '@/lib/services/session/limits'
import { readSession } from '@/lib/services/session/read-session'
import { signOut } from '@/lib/services/session/sign-out'
import { createLogger } from '@/lib/process/create-logger'
import { container } from '@/lib/server/container'
import { passwordProvider } from './password-provider'
import { servedByHttps } from '@/lib/server/public-url'
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
  providers: [passwordProvider()],
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
