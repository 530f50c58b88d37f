import { hostname } from 'node:os'
import type { SyslogConfig } from '@/lib/contracts/alerting/channel-config'
import type { Notification } from '@/lib/ports/notifier'
import { describeFacts } from '../describe-facts'
import { headline } from '../headline'

/** RFC 5424, 6.2.1: critical 2, warning 4, notice 5, informational 6. */
function severityOf({ phase, severity }: Notification): number {
  if (phase === 'resolved') return 5
  if (phase === 'test' || phase === 'acknowledged') return 6
  return severity === 'critical' ? 2 : 4
}

/** Names and header fields are printable ASCII without the signs that end them. */
const asName = (text: string, length: number) =>
  text
    .replace(/[^\x21-\x7e]/g, '')
    .replace(/[="\]]/g, '')
    .slice(0, length) || '-'

const escapeValue = (text: string) => text.replace(/[\\"\]]/g, '\\$&')

/** The number that RFC 5612 sets aside for what has none of its own. */
const enterprise = 32473

/**
 * One message of RFC 5424. Text beyond ASCII is announced by a byte order mark, as 6.4 demands; control characters
 * become spaces, so that one message stays one line. `maxBytes` cuts the text, never a character.
 */
export function formatSyslog(
  notification: Notification,
  config: Pick<SyslogConfig, 'facility'>,
  maxBytes: number,
): Buffer {
  const { alertId, phase, event, severity } = notification
  const data = Object.entries({ alertId, phase, event, severity })
    .map(([name, value]) => ` ${name}="${escapeValue(value)}"`)
    .join('')
  const header = [
    `<${config.facility * 8 + severityOf(notification)}>1`,
    notification.at.toISOString(),
    asName(hostname(), 255),
    'holdfast',
    String(process.pid),
    asName(event, 32),
    `[holdfast@${enterprise}${data}]`,
  ].join(' ')
  const text = [`${headline(notification)}: ${notification.body}`, ...describeFacts(notification.facts)]
    .join(' | ')
    .replace(/[\u0000-\u001f\u007f\s]+/g, ' ')
    .trim()
  const mark = /[^\x20-\x7e]/.test(text) ? '\ufeff' : ''
  return cut(Buffer.from(`${header} ${mark}${text}`), maxBytes)
}

function cut(bytes: Buffer, maxBytes: number): Buffer {
  if (bytes.length <= maxBytes) return bytes
  let end = maxBytes
  // Not inside a character: its further bytes begin with the bits 10.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.subarray(0, end)
}
