import type { WebhookConfig } from '@/lib/contracts/alert'
import type { Notification } from '@/lib/ports/notifier'
import { describeFacts } from '../describe-facts'
import { headline } from '../headline'

/** Slack reads these three as markup, so text from outside could otherwise mention channels or fake links. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function slackText(notification: Notification): string {
  const sign = { opened: ':rotating_light:', resolved: ':white_check_mark:', test: ':information_source:' }[
    notification.phase
  ]
  const lines = [
    `${sign} *${escapeSlack(headline(notification))}*`,
    escapeSlack(notification.body),
    ...describeFacts(notification.facts).map((line) => `• ${escapeSlack(line)}`),
    notification.url ? `<${encodeURI(notification.url)}|Open in Holdfast>` : '',
  ]
  return lines.filter((line) => line !== '').join('\n')
}

/** The body of the request: our notification as it is, or the text payload that Slack-compatible receivers take. */
export function formatWebhook(notification: Notification, format: WebhookConfig['format']): string {
  if (format === 'slack') return JSON.stringify({ text: slackText(notification) })
  return JSON.stringify({ ...notification, at: notification.at.toISOString() })
}
