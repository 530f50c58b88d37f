import { z } from 'zod'
import { telegramConfigSchema } from '@/lib/contracts/alerting/channel-config'
import type { NotifierDriver } from '@/lib/ports/notifier'
import { callReceiver } from '../call-receiver'
import { secretOf } from '../secret-of'
import { formatTelegram } from './format'

const answerSchema = z.object({ ok: z.boolean(), description: z.string().optional() })

/** Why the Bot API did not take it; null when it did. */
function refusal(text: string): string | null {
  try {
    const answer = answerSchema.safeParse(JSON.parse(text))
    // An accepted message comes back whole and may be cut; a refusal is always short.
    if (!answer.success) return 'the answer is not one of the Bot API'
    return answer.data.ok ? null : (answer.data.description ?? 'no reason given')
  } catch {
    return text.startsWith('{"ok":true') ? null : 'the answer is not one of the Bot API'
  }
}

/** A chat, by a bot of Telegram. */
export const telegramDriver: NotifierDriver = {
  kind: 'telegram',
  groups: true,
  async send(channel, notification, signal) {
    const config = telegramConfigSchema.parse(channel.config)
    const token = secretOf(channel)
    await callReceiver({
      name: 'Telegram',
      url: new URL(`${config.baseUrl.replace(/\/$/, '')}/bot${token}/sendMessage`),
      body: JSON.stringify(formatTelegram(notification, config)),
      secret: token,
      signal,
      refusal: ({ text }) => refusal(text),
    })
  },
}
