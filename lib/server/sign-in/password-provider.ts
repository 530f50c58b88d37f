import CredentialsProvider from 'next-auth/providers/credentials'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { signIn } from '@/lib/services/session/sign-in'
import { clientAddress } from '@/lib/server/client-address'
import { container } from '@/lib/server/container'
import { deviceOf } from './device-cookie'

/** What came of a sign-in, beside what the library itself answers. */
export interface SignInOutcome {
  /** For the browser to keep. */
  device?: string
  refused?: HoldfastError
}

/** Signing in with address and password. What the library cannot pass on is left in `outcome`. */
export function passwordProvider(outcome: SignInOutcome = {}): ReturnType<typeof CredentialsProvider> {
  return CredentialsProvider({
    name: 'Password',
    credentials: { email: { type: 'email' }, password: { type: 'password' }, code: { type: 'text' } },
    async authorize(credentials, request) {
      const { context } = await container()
      const headers = headersOf(request.headers ?? {})
      try {
        const session = await signIn({
          ctx: context,
          input: {
            email: credentials?.email.slice(0, 254) ?? '',
            password: credentials?.password.slice(0, 256) ?? '',
            code: credentials?.code?.slice(0, 64) ?? '',
            address: clientAddress(headers.get('x-forwarded-for')),
            userAgent: headers.get('user-agent'),
            device: deviceOf(headers),
          },
        })
        outcome.device = session.device
        return { id: session.userId, sessionId: session.sessionId }
      } catch (error) {
        if (error instanceof HoldfastError) {
          outcome.refused = error
          throw new Error(signInCode(error), { cause: error })
        }
        context.logger.error('sign-in broke', { error: error instanceof Error ? error.stack : String(error) })
        throw new Error('unexpected', { cause: error })
      }
    },
  })
}

function headersOf(given: Record<string, unknown>): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(given)) if (typeof value === 'string') headers.set(name, value)
  return headers
}

/** The error code that the sign-in page reads from `signIn(...)`: `rate-limited:<seconds>` carries the wait. */
function signInCode(error: HoldfastError): string {
  const wait = error.facts['retryAfterMs']
  return typeof wait === 'number' ? `${error.code}:${Math.ceil(wait / 1000)}` : error.code
}
