import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import type { Actor } from '@/lib/contracts/common'
import { readSession } from '@/lib/services/session/read-session'
import { container } from '@/lib/server/container'
import { pagePathHeader } from '@/lib/server/page-path'
import { sessionCookieName, sessionIdOf } from './session-cookie'

/** Who looks at the page, asked of the catalog each time; null when nobody is signed in. For server components. */
export async function currentActor(): Promise<Extract<Actor, { type: 'user' }> | null> {
  const sessionId = await sessionIdOf((await cookies()).get(sessionCookieName)?.value)
  if (!sessionId) return null
  const { context } = await container()
  return readSession({ ctx: context, input: { sessionId } })
}

/** The same, or the way to the sign-in page and back to the very page, with its filter. */
export async function requireActor(): Promise<Extract<Actor, { type: 'user' }>> {
  const actor = await currentActor()
  if (!actor) redirect(`/login?callbackUrl=${encodeURIComponent((await headers()).get(pagePathHeader) ?? '/admin')}`)
  return actor
}
