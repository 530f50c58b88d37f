import { deliveryStateSchema, type Channel } from '@/lib/contracts/alerting/alert'
import { channelKindSchema, type ChannelKind } from '@/lib/contracts/alerting/channel-config'
import { channelRoutingSchema } from '@/lib/contracts/alerting/channel-routing'
import { maskExposed } from '../../core/secrets/exposed-secret'
import type { ChannelModel } from '../generated/models/Channel'
import { jsonObject } from './json-object'

export interface ChannelFacts {
  lastDelivery: { state: string; createdAt: Date; sentAt: Date | null; error: string | null } | null
  /** An open incident says that it does not deliver. */
  failing: boolean
}

/**
 * A channel as the API shows it. Anyone who knows a webhook's address can post to it, so all but its host is hidden unless
 * `showAddress`.
 */
export function toChannel(row: ChannelModel, facts: ChannelFacts, showAddress: boolean): Channel {
  const stored = maskExposed(jsonObject(row.config))
  const config = showAddress || stored['url'] === undefined ? stored : { ...stored, url: hostOnly(stored['url']) }
  const kind = channelKindSchema.parse(row.kind)
  const last = facts.lastDelivery
  return {
    id: row.id,
    name: row.name,
    kind,
    enabled: row.enabled,
    config,
    target: targetOf(kind, config),
    routing: channelRoutingSchema.parse(row.routing),
    hasSecret: row.secretSealed !== null,
    failing: facts.failing,
    lastDelivery: last && {
      state: deliveryStateSchema.parse(last.state),
      at: (last.sentAt ?? last.createdAt).toISOString(),
      error: last.error,
    },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

/** Who or what is reached. */
function targetOf(kind: ChannelKind, config: Record<string, unknown>): string {
  const text = (name: string) => String(config[name] ?? '')
  switch (kind) {
    case 'email': {
      const to = Array.isArray(config['to']) ? config['to'].join(', ') : ''
      return `${to} through ${text('host')}:${text('port')}`
    }
    case 'slack':
    case 'teams':
    case 'discord':
      return text('receiver')
    case 'telegram':
      return `chat ${text('chatId')}`
    case 'pagerduty':
      return hostOf(text('baseUrl'))
    case 'webhook':
      return text('url')
    case 'syslog':
      return `${text('host')}:${text('port')} (${text('transport').toUpperCase()})`
  }
}

const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : url)

function hostOnly(url: unknown): string {
  return typeof url === 'string' && URL.canParse(url) ? `${new URL(url).origin}/…` : '…'
}
