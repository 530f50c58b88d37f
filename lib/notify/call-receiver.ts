import { clip } from '@/lib/core/clip'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Answer } from '@/lib/network/request-once'
import { post } from './post'
import { withLimit } from './with-limit'

const limitMs = 10_000

interface Call {
  /** How the receiver is called in errors: `The webhook`, `Slack`. */
  name: string
  url: URL
  /** Posted; null asks with GET. */
  body: string | null
  headers?: Record<string, string>
  /** Taken out of whatever the receiver or the network says. */
  secret: string | null
  signal: AbortSignal
  /** Why an answer is no success although its status is; null when it is one. */
  refusal?: (answer: Answer) => string | null
}

/**
 * Posts JSON (unless the headers say otherwise) and resolves when the receiver answered with success. Rejects with
 * `notify-failed` or `notify-refused`. Errors name scheme and host alone: the path of such an address is its password.
 */
export async function callReceiver(call: Call): Promise<Answer> {
  const { url, signal } = call
  const headers = {
    ...(call.body === null ? {} : { 'content-type': 'application/json' }),
    'user-agent': 'Holdfast',
    ...call.headers,
  }
  let answer: Answer
  try {
    answer = await withLimit(limitMs, signal, (both) => post(url, call.body, headers, both))
  } catch (error) {
    signal.throwIfAborted()
    throw unreachable(call, error)
  }
  check(call, answer)
  return answer
}

const nameOf = ({ name, url }: Call) => `${name} at ${url.protocol}//${url.host}`
const withoutSecret = (text: string, secret: string | null) => (secret ? text.replaceAll(secret, '***') : text)

function unreachable(call: Call, error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const detail = clip(error instanceof Error ? error.message || error.name : String(error), 1_000)
  const why = withoutSecret(String(code ?? detail), call.secret)
  return new HoldfastError('notify-failed', `${nameOf(call)} could not be reached: ${why}`, {
    remedy: 'Check the address of the channel, and that the receiver is up and reachable from the worker.',
    facts: { receiver: call.url.origin, code },
    transient: true,
  })
}

function check(call: Call, answer: Answer): void {
  const { status } = answer
  const success = status >= 200 && status < 300
  const refusal = success ? (call.refusal?.(answer) ?? null) : null
  if (success && refusal === null) return
  // What it said is a fact and not part of the message: the address may be anybody's, also a page that only this machine
  // can reach, and messages are shown to more people than facts are.
  const text = withoutSecret(refusal ?? answer.text, call.secret)
  const said = refusal === null ? `answered with status ${status}` : `refused it (status ${status})`
  const remedy =
    status >= 300 && status < 400
      ? 'Redirects are not followed: enter the final URL.'
      : 'Check the settings of the channel and what the receiver expects.'
  throw new HoldfastError('notify-refused', `${nameOf(call)} ${said}`, {
    remedy,
    facts: {
      status,
      receiver: call.url.origin,
      answer: text,
      ...(answer.retryAfterSeconds === null ? {} : { retryAfterSeconds: answer.retryAfterSeconds }),
    },
    transient: status >= 500 || status === 408 || status === 429,
  })
}
