import { createHmac } from 'node:crypto'
import { webhookConfigSchema } from '@/lib/contracts/alerting/channel-config'
import type { NotifierDriver } from '@/lib/ports/notifier'
import { callReceiver } from '../call-receiver'
import { formatWebhook } from './format'

/** The time is signed with the body, so that a recorded request cannot be sent again later. */
function sign(body: string, secret: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1_000))
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  return { 'x-holdfast-timestamp': timestamp, 'x-holdfast-signature': `sha256=${signature}` }
}

/**
 * A POST of JSON, or of a template. With a secret, `X-Holdfast-Signature: sha256=<hex>` carries the HMAC-SHA256 of
 * `<X-Holdfast-Timestamp>.<body>`. Rejects with `notify-failed`, `notify-refused` or `template-invalid` unless the
 * receiver answered 2xx.
 */
export const webhookDriver: NotifierDriver = {
  kind: 'webhook',
  groups: false,
  async send(channel, notification, signal) {
    const config = webhookConfigSchema.parse(channel.config)
    const { body, contentType } = formatWebhook(notification, config)
    const headers = {
      'content-type': contentType,
      ...(notification.deliveryId ? { 'x-holdfast-delivery': notification.deliveryId } : {}),
      ...(channel.secret ? sign(body, channel.secret) : {}),
    }
    const url = new URL(config.url)
    await callReceiver({ name: 'The webhook', url, body, headers, secret: channel.secret, signal })
  },
}
