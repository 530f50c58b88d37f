import type { Notification } from '@/lib/ports/notifier'
import { describeFacts } from '../describe-facts'
import { headline } from '../headline'

/** A plain text mail. */
export function formatEmail(notification: Notification): { subject: string; text: string } {
  const facts = describeFacts(notification.facts)
  const blocks = [
    notification.body,
    facts.join('\n'),
    notification.url ?? '',
    `${notification.at.toISOString()} · Holdfast alert ${notification.alertId}`,
  ]
  return {
    subject: `Holdfast ${headline(notification)}`,
    text: `${blocks.filter((block) => block !== '').join('\n\n')}\n`,
  }
}
