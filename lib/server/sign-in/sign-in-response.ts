import { deviceCookie } from './device-cookie'
import { errorStatus } from '@/lib/server/error-status'
import type { SignInOutcome } from './password-provider'

/** The library's answer with what it cannot say: that one has to wait, and for how long; and the browser's own cookie. */
export function signInResponse(response: Response, outcome: SignInOutcome): Response {
  const { refused, device } = outcome
  const waitMs = refused?.facts['retryAfterMs']
  const status = refused && typeof waitMs === 'number' ? errorStatus(refused) : response.status
  const answer = new Response(response.body, { status, headers: response.headers })
  if (typeof waitMs === 'number') answer.headers.set('retry-after', String(Math.ceil(waitMs / 1000)))
  if (device !== undefined) answer.headers.append('set-cookie', deviceCookie(device))
  return answer
}
