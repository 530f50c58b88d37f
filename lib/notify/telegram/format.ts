import type { TelegramConfig } from '@/lib/contracts/alerting/channel-config'
import type { Notification } from '@/lib/ports/notifier'
import { describeFacts } from '../describe-facts'
import { headline } from '../headline'
import { shorten } from '../shorten'

const maxText = 4_096

/** Plain text with a bold first line: without a parse mode nothing from outside is markup. */
export function formatTelegram(notification: Notification, config: TelegramConfig): object {
  const line = shorten(headline(notification), 500)
  const blocks = [line, notification.body, describeFacts(notification.facts).join('\n'), notification.url ?? '']
  const text = blocks.filter((block) => block !== '').join('\n\n')
  return {
    chat_id: config.chatId,
    ...(config.threadId === undefined ? {} : { message_thread_id: config.threadId }),
    text: shorten(text, maxText),
    // Offsets and lengths count UTF-16 units, as strings here do.
    entities: [{ type: 'bold', offset: 0, length: line.length }],
    link_preview_options: { is_disabled: true },
  }
}
