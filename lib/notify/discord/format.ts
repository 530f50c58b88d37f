import type { Notification } from '@/lib/ports/notifier'
import { listFacts } from '../describe-facts'
import { headline } from '../headline'
import { shorten } from '../shorten'

// Discord refuses a message that exceeds any of these; all texts of it together may have 6,000 characters.
const maxTitle = 256
const maxDescription = 3_000
const maxFields = 10
const maxName = 50
const maxValue = 180

const colors = { critical: 0xd92d20, warning: 0xf79009 }
const phaseColors = { resolved: 0x12b76a, acknowledged: 0x2e90fa, test: 0x2e90fa }

/** Text from outside must not become a link, a mention or markup. */
const escape = (text: string) => text.replace(/[\\*_~`|>[\]()<#@-]/g, '\\$&')

function colorOf({ phase, severity }: Notification): number {
  return phase === 'opened' || phase === 'reminder' ? colors[severity] : phaseColors[phase]
}

/** A message with one embed that mentions nobody. */
export function formatDiscord(notification: Notification): object {
  return {
    username: 'Holdfast',
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: shorten(escape(headline(notification)), maxTitle),
        description: shorten(escape(notification.body), maxDescription),
        color: colorOf(notification),
        timestamp: notification.at.toISOString(),
        ...(notification.url ? { url: encodeURI(notification.url) } : {}),
        fields: listFacts(notification.facts)
          .slice(0, maxFields)
          .map(({ name, value }) => ({
            name: shorten(escape(name), maxName),
            value: shorten(escape(value), maxValue),
            inline: true,
          })),
        footer: { text: `Holdfast alert ${notification.alertId}` },
      },
    ],
  }
}
