import type { WebhookConfig } from '@/lib/contracts/alerting/channel-config'
import { renderTemplate } from '@/lib/core/alert/render-template'
import type { Notification } from '@/lib/ports/notifier'
import { listFacts } from '../describe-facts'
import { headline } from '../headline'
import { slackText } from '../slack-text'

/** The names that a template may use: those of the JSON, and a few that spare it conditions. */
function viewOf(notification: Notification): Record<string, unknown> {
  const { phase } = notification
  return {
    ...notification,
    at: notification.at.toISOString(),
    headline: headline(notification),
    factList: listFacts(notification.facts),
    opened: phase === 'opened',
    reminder: phase === 'reminder',
    resolved: phase === 'resolved',
    test: phase === 'test',
  }
}

/** The body of the request and its media type. Throws `template-invalid`. */
export function formatWebhook(
  notification: Notification,
  config: WebhookConfig,
): { body: string; contentType: string } {
  const { contentType } = config
  if (config.format === 'template') {
    return { body: renderTemplate(config.template ?? '', viewOf(notification), contentType), contentType }
  }
  const body =
    config.format === 'slack'
      ? { text: slackText(notification) }
      : { ...notification, at: notification.at.toISOString() }
  return { body: JSON.stringify(body), contentType: 'application/json' }
}
