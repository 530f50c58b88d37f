import type { Notification } from '@/lib/ports/notifier'
import { describeFacts } from './describe-facts'
import { headline } from './headline'

/** Slack reads these three as markup, so text from outside could otherwise mention channels or fake links. */
export function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Stands before the headline, so that the phase is seen before it is read. */
export function slackSign(notification: Notification): string {
  return {
    opened: ':rotating_light:',
    reminder: ':alarm_clock:',
    acknowledged: ':eyes:',
    resolved: ':white_check_mark:',
    test: ':information_source:',
  }[notification.phase]
}

/** The whole notification in Slack's markup. */
export function slackText(notification: Notification): string {
  const lines = [
    `${slackSign(notification)} *${escapeSlack(headline(notification))}*`,
    escapeSlack(notification.body),
    ...describeFacts(notification.facts).map((line) => `• ${escapeSlack(line)}`),
    slackLink(notification),
  ]
  return lines.filter((line) => line !== '').join('\n')
}

export function slackLink({ url }: Notification): string {
  return url ? `<${encodeURI(url)}|Open in Holdfast>` : ''
}
