import type { Channel, UpdateChannel } from '@/lib/contracts/alert'
import { jsonObject } from '@/lib/db/catalog/json-object'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { splitSecret } from '../split-secret'
import { withUniqueName } from '../with-unique-name'
import { channelKind, channelSecretField, checkChannelConfig } from './channel-config'
import { channelSecretContext } from './channel-spec'
import { findChannel } from './find-channel'
import { showChannel } from './show-channel'

/** Changes what is named and keeps the rest. An absent secret keeps the stored one, an empty one removes it. */
export async function updateChannel({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; patch: UpdateChannel }
}): Promise<Channel> {
  permit(ctx.actor, 'admin')
  const { id, patch } = input
  const row = await withUniqueName('channel', patch.name, () =>
    ctx.db.$transaction(async (tx) => {
      const before = await findChannel(tx, id)
      const kind = channelKind(before.kind)
      const { config: changes, secret } = splitSecret(patch.config ?? {}, channelSecretField[kind])
      const merged = Object.entries({ ...jsonObject(before.config), ...changes }).filter(([, value]) => value !== null)
      const config = await checkChannelConfig(kind, Object.fromEntries(merged))
      let secretSealed = before.secretSealed
      if (secret !== undefined) secretSealed = secret === '' ? null : ctx.vault.seal(secret, channelSecretContext(id))
      await recordAudit(tx, ctx.actor, {
        action: 'channel.update',
        subjectType: 'channel',
        subjectId: id,
        detail: {
          name: patch.name ?? before.name,
          enabled: patch.enabled ?? before.enabled,
          changed: Object.keys(patch.config ?? {}),
        },
      })
      return tx.channel.update({
        where: { id },
        data: { name: patch.name, enabled: patch.enabled, config: toJson(config), secretSealed },
      })
    }),
  )
  return showChannel(ctx, row)
}
