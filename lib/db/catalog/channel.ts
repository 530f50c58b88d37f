import { z } from 'zod'
import type { Channel } from '../../contracts/alert'
import type { ChannelModel } from '../generated/models/Channel'
import { jsonObject } from './json-object'

const kindSchema = z.enum(['email', 'webhook'])
const deliveryStateSchema = z.enum(['pending', 'sent', 'failed'])

export type LastDeliveryRow = { state: string; createdAt: Date; sentAt: Date | null; error: string | null }

/**
 * A channel as the API shows it. Whoever knows a webhook's address may post to it, so all but its host is hidden unless
 * `showAddress`.
 */
export function toChannel(row: ChannelModel, last: LastDeliveryRow | null, showAddress: boolean): Channel {
  const config = jsonObject(row.config)
  return {
    id: row.id,
    name: row.name,
    kind: kindSchema.parse(row.kind),
    enabled: row.enabled,
    config: showAddress || config['url'] === undefined ? config : { ...config, url: hostOnly(config['url']) },
    hasSecret: row.secretSealed !== null,
    lastDelivery: last && {
      state: deliveryStateSchema.parse(last.state),
      at: (last.sentAt ?? last.createdAt).toISOString(),
      error: last.error,
    },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}

function hostOnly(url: unknown): string {
  return typeof url === 'string' && URL.canParse(url) ? `${new URL(url).origin}/…` : '…'
}
