import {
  channelConfigSchemas,
  channelKindSchema,
  channelSecrets,
  webhookConfigSchema,
  type ChannelKind,
} from '@/lib/contracts/alerting/channel-config'
import { splitSecrets } from '@/lib/contracts/stored-secret'
import { renderTemplate } from '@/lib/core/alert/render-template'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { jsonObject } from '@/lib/db/catalog/json-object'
import { parseInput } from '../parse-input'
import { refuseMetadataHost, refuseMetadataUrl } from '../refuse-metadata-address'

/** The kind of a stored channel. */
export function channelKind(kind: string): ChannelKind {
  const parsed = channelKindSchema.safeParse(kind)
  if (parsed.success) return parsed.data
  throw new HoldfastError('channel-unsupported', `Channels of kind ${kind} are not supported.`)
}

/**
 * Checks the settings of a channel: takes its secret out of the config and refuses addresses of the machine itself.
 * `secret` is undefined when none was given, and '' to remove the stored one. Throws `invalid-input`, `template-invalid`
 * and `address-refused`.
 */
export async function checkChannel(
  kind: ChannelKind,
  given: Record<string, unknown>,
): Promise<{ config: Record<string, unknown>; secret: string | undefined }> {
  const rule = channelSecrets[kind]
  const { settings, secrets } = splitSecrets(rule ? [{ name: rule.field, reach: rule.reach }] : [], given)
  const config = jsonObject(parseInput(channelConfigSchemas[kind], settings, ['config']))
  const entered = rule ? secrets[rule.field] : undefined
  const secret = rule && entered !== undefined ? checkSecret(rule, entered) : undefined
  await refuseMetadataUrl(config['url'], 'config.url')
  await refuseMetadataUrl(config['baseUrl'], 'config.baseUrl')
  if (typeof config['host'] === 'string') await refuseMetadataHost(config['host'], 'config.host')
  if (kind === 'webhook') checkTemplate(config)
  // Where a secret address leads may be shown; the rest of it not.
  if (rule?.field === 'url' && secret) {
    await refuseMetadataUrl(secret, 'config.url')
    config['receiver'] = `${new URL(secret).origin}/…`
  }
  return { config, secret }
}

function checkSecret(rule: NonNullable<(typeof channelSecrets)[ChannelKind]>, secret: string): string {
  if (secret === '' && !rule.required) return ''
  return parseInput(rule.schema, secret, ['config', rule.field])
}

const example = { title: 'Example', headline: 'Example', body: 'Example', severity: 'warning', phase: 'test' }

/** A template that cannot be filled in is refused when it is typed, not when something has failed. */
function checkTemplate(stored: Record<string, unknown>): void {
  const config = webhookConfigSchema.parse(stored)
  if (config.format !== 'template') return
  try {
    const ids = { alertId: 'example', event: 'backup-failed', at: new Date(0).toISOString(), url: '' }
    renderTemplate(config.template ?? '', { ...example, ...ids, facts: {}, factList: [] }, config.contentType)
  } catch (cause) {
    if (!(cause instanceof HoldfastError)) throw cause
    throw new HoldfastError(cause.code, cause.message, {
      ...(cause.remedy ? { remedy: cause.remedy } : {}),
      facts: { errors: [{ path: 'config.template', message: cause.message }] },
      cause,
    })
  }
}
