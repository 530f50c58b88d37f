import type { Notification } from '@/lib/ports/notifier'
import { listFacts } from '../describe-facts'
import { headline } from '../headline'
import { shorten } from '../shorten'
import { escapeSlack, slackLink, slackSign } from '../slack-text'

// Slack refuses a message (`invalid_blocks`) in which any of these is exceeded.
const maxHeader = 150
const maxSection = 3_000
const maxFields = 10
const maxField = 2_000

const markdown = (text: string) => ({ type: 'mrkdwn', text })

/** A message of blocks; `text` is what notifications and old clients show. */
export function formatSlack(notification: Notification): { text: string; blocks: object[] } {
  const line = headline(notification)
  const fields = listFacts(notification.facts)
    .slice(0, maxFields)
    .map(({ name, value }) => markdown(shorten(`*${escapeSlack(name)}*\n${escapeSlack(value)}`, maxField)))
  const last = [
    `${notification.at.toISOString()} · Holdfast alert ${notification.alertId}`,
    slackLink(notification),
  ].filter((part) => part !== '')
  return {
    text: `${slackSign(notification)} ${escapeSlack(shorten(line, maxSection))}`,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: shorten(line, maxHeader), emoji: false } },
      ...(notification.body === ''
        ? []
        : [{ type: 'section', text: markdown(shorten(escapeSlack(notification.body), maxSection)) }]),
      ...(fields.length === 0 ? [] : [{ type: 'section', fields }]),
      { type: 'context', elements: last.map(markdown) },
    ],
  }
}
