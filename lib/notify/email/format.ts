import type { Notification } from '@/lib/ports/notifier'
import { describeFacts } from '../describe-facts'
import { headline } from '../headline'

/** A plain text mail. */
export function formatEmail(notification: Notification): { subject: string; text: string } {
  // A letter to one person, about no incident: it has neither a severity nor a number to look up.
  const invites = notification.event === 'invitation'
  const facts = describeFacts(notification.facts)
  const blocks = [
    notification.body,
    facts.join('\n'),
    notification.url ?? '',
    invites ? '' : `${notification.at.toISOString()} · Holdfast alert ${notification.alertId}`,
  ]
  return {
    subject: invites ? 'Holdfast: your link' : `Holdfast ${headline(notification)}`,
    text: `${blocks.filter((block) => block !== '').join('\n\n')}\n`,
  }
}
