import { setTimeout as wait } from 'node:timers/promises'
import type { Actor } from '@/lib/contracts/common'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { readSession } from '@/lib/services/session/read-session'
import { authenticateToken } from '@/lib/services/token/authenticate-token'
import { clientAddress } from '@/lib/server/client-address'
import { container } from '@/lib/server/container'
import { readCookie } from './read-cookie'
import { refuseForeignSite } from '@/lib/server/refuse-foreign-site'
import { sessionCookieName, sessionIdOf } from './session-cookie'

/**
 * Who sends the request: the owner of its bearer token, else of its session cookie. Throws `unauthenticated`,
 * `rate-limited` after many wrong tokens, and `foreign-site` for a change that another site's page makes the browser send.
 */
export async function authenticate(request: Request): Promise<Actor> {
  const { context, tokenGuesses } = await container()
  const authorization = request.headers.get('authorization')
  if (authorization !== null) {
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
    const actor = token ? await authenticateToken({ ctx: context, input: { token } }) : null
    if (actor) return actor
    const delayMs = tokenGuesses.count(clientAddress(request.headers.get('x-forwarded-for')), Date.now())
    if (delayMs > 0) await wait(delayMs, undefined, { signal: request.signal }).catch(() => undefined)
    throw unauthenticated('The API token is unknown, revoked or expired.')
  }
  const sessionId = await sessionIdOf(readCookie(request.headers, sessionCookieName))
  const actor = sessionId ? await readSession({ ctx: context, input: { sessionId } }) : null
  if (!actor) throw unauthenticated('You are not signed in, or your session has ended.')
  refuseForeignSite(request)
  return actor
}

function unauthenticated(message: string): HoldfastError {
  return new HoldfastError('unauthenticated', message, { remedy: 'Sign in, or send a token: Authorization: Bearer …' })
}
