import type { NotifierDriver } from '@/lib/ports/notifier'
import { callReceiver } from '../call-receiver'
import { secretUrlOf } from '../secret-of'
import { formatDiscord } from './format'

/** A webhook of a Discord channel. */
export const discordDriver: NotifierDriver = {
  kind: 'discord',
  groups: true,
  async send(channel, notification, signal) {
    const url = secretUrlOf(channel)
    // Without it Discord answers before it has taken the message, and what it then refuses is lost.
    url.searchParams.set('wait', 'true')
    await callReceiver({
      name: 'Discord',
      url,
      body: JSON.stringify(formatDiscord(notification)),
      secret: channel.secret,
      signal,
    })
  },
}
