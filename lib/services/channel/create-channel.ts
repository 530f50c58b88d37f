import type { Channel, CreateChannel } from '@/lib/contracts/alert'
import { toChannel } from '@/lib/db/catalog/channel'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { splitSecret } from '../split-secret'
import { withUniqueName } from '../with-unique-name'
import { channelSecretField, checkChannelConfig } from './channel-config'
import { channelSecretContext } from './channel-spec'

/** Stores a way to reach people; nothing is sent. Throws `name-taken` and `address-refused`. */
export async function createChannel({ ctx, input }: { ctx: ServiceContext; input: CreateChannel }): Promise<Channel> {
  permit(ctx.actor, 'admin')
  const { config, secret } = splitSecret(input.config, channelSecretField[input.kind])
  await checkChannelConfig(input.kind, config)
  const row = await withUniqueName('channel', input.name, () =>
    ctx.db.$transaction(async (tx) => {
      const created = await tx.channel.create({
        data: { name: input.name, kind: input.kind, enabled: input.enabled, config: toJson(config) },
      })
      await recordAudit(tx, ctx.actor, {
        action: 'channel.create',
        subjectType: 'channel',
        subjectId: created.id,
        detail: { name: input.name, kind: input.kind },
      })
      if (!secret) return created
      // Sealed under the row's id, so the row comes first.
      const secretSealed = ctx.vault.seal(secret, channelSecretContext(created.id))
      return tx.channel.update({ where: { id: created.id }, data: { secretSealed } })
    }),
  )
  return toChannel(row, null, true)
}
