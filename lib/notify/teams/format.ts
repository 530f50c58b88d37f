import type { Notification } from '@/lib/ports/notifier'
import { describeFacts } from '../describe-facts'
import { headline } from '../headline'
import { shorten } from '../shorten'

/** A message may have 28 KB as a whole. */
const maxBody = 8_000
const maxFacts = 20
const maxFact = 300

const colors = { opened: 'Attention', reminder: 'Attention', acknowledged: 'Accent', resolved: 'Good', test: 'Accent' }

/** Runs are shown as they are; a TextBlock would read links and markup in a text from outside. */
const plain = (text: string, look: object = {}) => ({
  type: 'RichTextBlock',
  inlines: [{ type: 'TextRun', text, ...look }],
})

/** A message with one Adaptive Card, as the Workflows app's "when a webhook request is received" takes it. */
export function formatTeams(notification: Notification): object {
  const { phase, severity } = notification
  const color = severity === 'warning' && colors[phase] === 'Attention' ? 'Warning' : colors[phase]
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [
      plain(shorten(headline(notification), 500), { weight: 'Bolder', size: 'Medium', color }),
      ...(notification.body === '' ? [] : [plain(shorten(notification.body, maxBody))]),
      ...describeFacts(notification.facts)
        .slice(0, maxFacts)
        .map((line) => plain(shorten(line, maxFact))),
      plain(`${notification.at.toISOString()} · Holdfast alert ${notification.alertId}`, {
        isSubtle: true,
        size: 'Small',
      }),
    ],
    ...(notification.url
      ? { actions: [{ type: 'Action.OpenUrl', title: 'Open in Holdfast', url: encodeURI(notification.url) }] }
      : {}),
  }
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card }],
  }
}
