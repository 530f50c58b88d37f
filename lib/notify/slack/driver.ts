import type { NotifierDriver } from '@/lib/ports/notifier'
import { callReceiver } from '../call-receiver'
import { secretUrlOf } from '../secret-of'
import { formatSlack } from './format'

/** An incoming webhook of Slack, or of something that speaks its protocol (Mattermost, Rocket.Chat). */
export const slackDriver: NotifierDriver = {
  kind: 'slack',
  groups: true,
  async send(channel, notification, signal) {
    const url = secretUrlOf(channel)
    await callReceiver({
      name: 'Slack',
      url,
      body: JSON.stringify(formatSlack(notification)),
      secret: channel.secret,
      signal,
    })
  },
}
