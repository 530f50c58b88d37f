import { randomUUID } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import type { Actor, Role } from '@/lib/contracts/common'
import { readSession } from '@/lib/services/session/read-session'
import { signIn } from '@/lib/services/session/sign-in'
import type { ServiceContext } from '@/lib/services/context'
import { stepUp } from '@/lib/services/step-up/step-up'
import { createUser } from '@/lib/services/user/create-user'
import type { TestClock } from './service-context'

export const password = 'correct horse battery'

/** Somebody in their browser. */
export interface Person {
  id: string
  email: string
  sessionId: string
  /** The context of a request of theirs. */
  ctx: ServiceContext
}

/** A new user with a session of their own. */
export async function person(ctx: ServiceContext, role: Role = 'admin'): Promise<Person> {
  const email = `${randomUUID()}@example.com`
  const { id } = await createUser({ ctx, input: { email, name: 'Someone', role, password } })
  return { id, email, ...(await session(ctx, email)) }
}

/** Another session of someone. */
export async function session(
  ctx: ServiceContext,
  email: string,
  code?: string,
): Promise<{ sessionId: string; ctx: ServiceContext }> {
  const input = { email, password, code, address: '192.0.2.7', userAgent: 'Mozilla/5.0 (X11; Linux) Firefox/150.0' }
  const { sessionId } = await signIn({ ctx, input })
  const actor: Actor | null = await readSession({ ctx, input: { sessionId } })
  if (!actor) throw new Error('the new session is not good')
  return { sessionId, ctx: { ...ctx, actor } }
}

/** The person types their password once more. */
export const showAgain = (who: { ctx: ServiceContext }) => stepUp({ ctx: who.ctx, input: { password } })

/** What an authenticator app with this secret shows at a moment. */
export function codeAt(secret: string, clock: Pick<TestClock, 'now'>): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: clock.now().getTime() })
}
