import type { Channel, CreateChannel } from '@/lib/contracts/alerting/alert'
import { toChannel } from '@/lib/db/catalog/channel'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { withUniqueName } from '../with-unique-name'
import { checkChannel } from './channel-config'
import { channelSecretContext } from './channel-spec'

/** Stores a way to reach people; nothing is sent. Throws `name-taken`, `template-invalid` and `address-refused`. */
export async function createChannel({ ctx, input }: { ctx: ServiceContext; input: CreateChannel }): Promise<Channel> {
  permit(ctx.actor, 'admin')
  const { config, secret } = await checkChannel(input.kind, input.config)
  const row = await withUniqueName('channel', input.name, () =>
    ctx.db.$transaction(async (tx) => {
      const created = await tx.channel.create({
        data: {
          name: input.name,
          kind: input.kind,
          enabled: input.enabled,
          config: toJson(config),
          routing: toJson(input.routing),
        },
      })
      await recordAudit(tx, ctx.actor, {
        action: 'channel.create',
        subjectType: 'channel',
        subjectId: created.id,
        detail: { name: input.name, kind: input.kind, routing: input.routing },
      })
      if (!secret) return created
      // Sealed under the row's id, so the row comes first.
      const secretSealed = await ctx.vault.seal(secret, channelSecretContext(created.id))
      return tx.channel.update({ where: { id: created.id }, data: { secretSealed } })
    }),
  )
  return toChannel(row, { lastDelivery: null, failing: false }, true)
}
