import { emailConfigSchema, webhookConfigSchema } from '@/lib/contracts/alert'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { NotifierDriver } from '@/lib/ports/notifier'
import { parseInput } from '../parse-input'
import { refuseMetadataHost, refuseMetadataUrl } from '../refuse-metadata-address'

type Kind = NotifierDriver['kind']

/** The write-only field of each kind. */
export const channelSecretField: Record<Kind, string> = { email: 'password', webhook: 'secret' }

/** The kind of a stored channel. */
export function channelKind(kind: string): Kind {
  if (kind === 'email' || kind === 'webhook') return kind
  throw new HoldfastError('channel-unsupported', `Channels of kind ${kind} are not supported.`)
}

/** Checks a channel's config (without its secret). Throws `invalid-input` and `address-refused`. */
export async function checkChannelConfig(kind: Kind, config: unknown): Promise<Record<string, unknown>> {
  if (kind === 'email') {
    const email = parseInput(emailConfigSchema, config, ['config'])
    await refuseMetadataHost(email.host, 'config.host')
    return email
  }
  const webhook = parseInput(webhookConfigSchema, config, ['config'])
  await refuseMetadataUrl(webhook.url, 'config.url')
  return webhook
}
