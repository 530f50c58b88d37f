import { decode } from 'next-auth/jwt'
import { z } from 'zod'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { servedByHttps } from '@/lib/server/public-url'

/**
 * Cookies ignore ports: a name of our own keeps other applications on the same host apart. By https the browser itself
 * sees to it that nobody but this host set it: `__Host-` means Secure, path / and no domain.
 */
export const sessionCookieName = servedByHttps ? '__Host-holdfast.session' : 'holdfast.session'

const claimsSchema = z.object({ sid: z.uuid() })

/** The key that signs sessions. */
export function sessionSecret(): string {
  const secret = process.env['NEXTAUTH_SECRET']
  if (secret) return secret
  throw new HoldfastError('not-configured', 'NEXTAUTH_SECRET is not set.', { remedy: 'Start Holdfast with npm start.' })
}

/** The session id inside the cookie; null when it was not issued by us, was changed or is too old. */
export async function sessionIdOf(cookie: string | undefined): Promise<string | null> {
  if (!cookie) return null
  try {
    const claims = claimsSchema.safeParse(await decode({ token: cookie, secret: sessionSecret() }))
    return claims.success ? claims.data.sid : null
  } catch (error) {
    if (error instanceof HoldfastError) throw error
    return null
  }
}
