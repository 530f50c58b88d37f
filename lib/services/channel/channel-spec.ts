import { jsonObject } from '@/lib/db/catalog/json-object'
import type { ChannelModel } from '@/lib/db/generated/models/Channel'
import type { ServiceContext } from '../context'

/** What a channel's secret is bound to: a sealed value moved to another row cannot be opened there. */
export const channelSecretContext = (id: string): string => `channel:${id}`

/** A channel with its secret unsealed, as notifiers take it. Never leaves the process. */
export async function channelSpec(
  ctx: Pick<ServiceContext, 'vault'>,
  row: Pick<ChannelModel, 'id' | 'name' | 'config' | 'secretSealed'>,
): Promise<{ name: string; config: Record<string, unknown>; secret: string | null }> {
  return {
    name: row.name,
    config: jsonObject(row.config),
    secret: row.secretSealed === null ? null : await ctx.vault.unseal(row.secretSealed, channelSecretContext(row.id)),
  }
}
