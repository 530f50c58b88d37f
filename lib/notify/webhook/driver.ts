import { createHmac } from 'node:crypto'
import { webhookConfigSchema } from '@/lib/contracts/alert'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { NotifierDriver } from '@/lib/ports/notifier'
import { withLimit } from '../with-limit'
import { formatWebhook } from './format'
import { post } from './post'

const limitMs = 10_000

/** Only scheme and host: the path of a Slack webhook is its password. */
function nameOf(url: URL): string {
  return `${url.protocol}//${url.host}`
}

function unreachable(url: URL, error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error
  const detail = error instanceof Error ? error.message || error.name : String(error)
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return new HoldfastError('notify-failed', `The webhook at ${nameOf(url)} could not be reached: ${code ?? detail}`, {
    remedy: 'Check the URL of the channel, and that the receiver is up and reachable from the worker.',
    facts: { receiver: nameOf(url), code },
    transient: true,
  })
}

function checkAnswer(url: URL, status: number, answer: string): void {
  if (status >= 200 && status < 300) return
  const redirected = status >= 300 && status < 400
  throw new HoldfastError('notify-refused', `The webhook at ${nameOf(url)} answered with status ${status}`, {
    remedy: redirected
      ? 'Redirects are not followed: enter the final URL.'
      : 'Check the URL of the channel and what the receiver expects.',
    facts: { receiver: nameOf(url), status, answer },
    transient: status >= 500 || status === 408 || status === 429,
  })
}

/**
 * A POST of JSON. With a secret the header `X-Holdfast-Signature: sha256=<hex>` carries the HMAC-SHA256 of the body.
 * Rejects with `notify-failed` or `notify-refused` unless the receiver answered 2xx.
 */
export const webhookDriver: NotifierDriver = {
  kind: 'webhook',
  async send(channel, notification, signal) {
    const config = webhookConfigSchema.parse(channel.config)
    const url = new URL(config.url)
    const body = formatWebhook(notification, config.format)
    const headers: Record<string, string> = { 'content-type': 'application/json', 'user-agent': 'Holdfast' }
    if (channel.secret) {
      headers['x-holdfast-signature'] = `sha256=${createHmac('sha256', channel.secret).update(body).digest('hex')}`
    }
    let result: { status: number; answer: string }
    try {
      result = await withLimit(limitMs, signal, (both) => post(url, body, headers, both))
    } catch (error) {
      signal.throwIfAborted()
      throw unreachable(url, error)
    }
    checkAnswer(url, result.status, result.answer)
  },
}
