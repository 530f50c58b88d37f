import type { Channel, UpdateChannel } from '@/lib/contracts/alerting/alert'
import { channelSecrets } from '@/lib/contracts/alerting/channel-config'
import { channelRoutingSchema } from '@/lib/contracts/alerting/channel-routing'
import { jsonObject } from '@/lib/db/catalog/json-object'
import { toJson } from '@/lib/db/to-json'
import { fieldChanges, secretChange, withoutPath } from '../audit/field-changes'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { settleChannel } from '../incident/channel-incident'
import { parseInput } from '../parse-input'
import { permit } from '../permit'
import { sealedAfter } from '../sealed-after'
import { withUniqueName } from '../with-unique-name'
import { channelKind, checkChannel } from './channel-config'
import { channelSecretContext } from './channel-spec'
import { confirmChannel } from './confirm-channel'
import { findChannel } from './find-channel'
import { sayFarewell } from './say-farewell'
import { showChannel } from './show-channel'

/**
 * Changes what is named and keeps the rest. An absent secret keeps the stored one, an empty one removes it. Throws what
 * `checkChannel` throws, `secret-needed`, and `step-up-needed` where someone would no longer be reached as before; that
 * receiver is notified.
 */
export async function updateChannel({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; patch: UpdateChannel }
}): Promise<Channel> {
  permit(ctx.actor, 'admin')
  const { id, patch } = input
  const { row, farewell } = await withUniqueName('channel', patch.name, () =>
    ctx.db.$transaction(async (tx) => {
      const before = await findChannel(tx, id)
      const changes = Object.entries({ ...jsonObject(before.config), ...patch.config })
      const given = Object.fromEntries(changes.filter(([, value]) => value !== null))
      const kind = channelKind(before.kind)
      const { config, secret } = await checkChannel(kind, given)
      const routing = parseInput(channelRoutingSchema, { ...jsonObject(before.routing), ...patch.routing }, ['routing'])
      const reach = channelSecrets[kind]?.reach
      const secretSealed = reach
        ? await sealedAfter(ctx, {
            reach,
            before: before.config,
            after: config,
            given: secret,
            sealed: before.secretSealed,
            context: channelSecretContext(id),
          })
        : null
      const enabled = patch.enabled ?? before.enabled
      const farewell = await confirmChannel(ctx, tx, before, { enabled, config, routing, secretSealed })
      // Nothing more is sent there, so that it does not arrive is no trouble any more.
      if (!enabled) await settleChannel(tx, id, ctx.clock.now())
      await recordAudit(tx, ctx.actor, {
        action: 'channel.update',
        subjectType: 'channel',
        subjectId: id,
        detail: {
          name: patch.name ?? before.name,
          enabled,
          changes: {
            ...fieldChanges(
              { enabled: before.enabled, ...jsonObject(before.config), routing: before.routing },
              { enabled, ...config, routing },
              withoutPath,
            ),
            ...secretChange('secret', before.secretSealed, secretSealed),
          },
        },
      })
      const row = await tx.channel.update({
        where: { id },
        data: { name: patch.name, enabled, config: toJson(config), routing: toJson(routing), secretSealed },
      })
      return { row, farewell }
    }),
  )
  await sayFarewell(ctx, farewell)
  return showChannel(ctx, row)
}
