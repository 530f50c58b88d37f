import type { NotifierDriver } from '@/lib/ports/notifier'
import { callReceiver } from '../call-receiver'
import { secretUrlOf } from '../secret-of'
import { formatTeams } from './format'

/** A webhook of Microsoft Teams, made with the Workflows app. */
export const teamsDriver: NotifierDriver = {
  kind: 'teams',
  groups: true,
  async send(channel, notification, signal) {
    const url = secretUrlOf(channel)
    await callReceiver({
      name: 'Microsoft Teams',
      url,
      body: JSON.stringify(formatTeams(notification)),
      secret: channel.secret,
      signal,
      // The connectors that Workflows replaced answer 200 with the error as text.
      refusal: ({ text }) => (/^Webhook message delivery failed/i.test(text) ? text : null),
    })
  },
}
