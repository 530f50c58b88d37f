import { pagerdutyConfigSchema } from '@/lib/contracts/alerting/channel-config'
import type { NotifierDriver } from '@/lib/ports/notifier'
import { callReceiver } from '../call-receiver'
import { secretOf } from '../secret-of'
import { formatPagerduty } from './format'

/** PagerDuty's Events API v2: incidents are triggered, acknowledged and resolved there as they are here. */
export const pagerdutyDriver: NotifierDriver = {
  kind: 'pagerduty',
  groups: false,
  async send(channel, notification, signal) {
    const config = pagerdutyConfigSchema.parse(channel.config)
    const routingKey = secretOf(channel)
    const enqueue = (event: object) =>
      callReceiver({
        name: 'PagerDuty',
        url: new URL(`${config.baseUrl.replace(/\/$/, '')}/v2/enqueue`),
        body: JSON.stringify(event),
        secret: routingKey,
        signal,
      })
    await enqueue(formatPagerduty(notification, routingKey))
    // A test must not page anyone.
    if (notification.phase === 'test') await enqueue(formatPagerduty(notification, routingKey, 'resolve'))
  },
}
