import type { Actor } from '@/lib/contracts/common'
import type { StoredSettings } from '@/lib/contracts/engines/engine-contract'
import type { Source, UpdateSource } from '@/lib/contracts/source'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { toSource } from '@/lib/db/catalog/source'
import { jsonObject } from '@/lib/db/catalog/json-object'
import { Prisma } from '@/lib/db/generated/client'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import { toJson } from '@/lib/db/to-json'
import { fieldChanges, secretChanges } from '../audit/field-changes'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { readSealedSecrets } from '../stored-secrets'
import { withUniqueName } from '../with-unique-name'
import { confirmSource } from './confirm-source'
import { changeFollowing, restartFollowing } from '../log/change-following'
import { changedProtection } from '../log/changed-protection'
import { findSource } from './find-source'
import { mergeSettings, mergeSource } from './merge-source'
import { refuseSourceAddress } from './refuse-source-address'

/** Changes what is named and keeps the rest. A changed connection forgets what the last test found. */
export async function updateSource({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; patch: UpdateSource }
}): Promise<Source> {
  permit(ctx.actor, 'admin')
  const { id, patch } = input
  // Before the transaction: a name service may take its time to answer.
  const stored = await findSource(ctx.db, id)
  await refuseSourceAddress(stored.engine, mergeSettings(stored, patch), stored)
  const protection = await changedProtection(ctx, stored, patch)
  const row = await withUniqueName('source', patch.name, () =>
    ctx.db.$transaction(async (tx) => {
      const before = await findSource(tx, id)
      if (patch.name !== undefined && patch.name !== before.name) refuseRename(ctx.actor)
      const merged = await mergeSource(ctx, before, patch)
      await confirmSource(ctx, tx, before, merged)
      if (patch.protection) await changeFollowing(ctx, tx, before, protection)
      else if (patch.connection || patch.options) await restartFollowing(tx, id)
      await recordAudit(tx, ctx.actor, {
        action: 'source.update',
        subjectType: 'source',
        subjectId: id,
        detail: {
          name: merged.name,
          changes: {
            ...fieldChanges(settingsOf(before), settingsOf({ ...merged, protection })),
            ...secretChanges(readSealedSecrets(before.secretsSealed), merged.secretsSealed),
          },
        },
      })
      return tx.source.update({
        where: { id },
        data: {
          name: merged.name,
          connection: toJson(merged.connection),
          options: toJson(merged.options),
          tags: merged.tags,
          protection: toJson(protection),
          secretsSealed: toJson(merged.secretsSealed),
          ...(patch.connection ? { inspection: Prisma.DbNull, inspectedAt: null } : {}),
        },
      })
    }),
  )
  return toSource(row)
}

/** Everything of a source that a person sets, but its secret. */
const settingsOf = ({
  name,
  connection,
  options,
  tags,
  protection,
}: Pick<SourceModel, 'name' | 'tags'> & StoredSettings & { protection: unknown }): object => ({
  name,
  tags,
  ...jsonObject(connection),
  ...jsonObject(options),
  ...jsonObject(protection),
})

/** Names are unique, so one that is refused would tell a limited token what other sources are called. */
function refuseRename(actor: Actor): void {
  if (actor.type !== 'token' || actor.sourceIds === undefined) return
  throw new HoldfastError('token-limited', 'A token that is limited to sources does not name them.', {
    remedy: 'Use a token that is not limited to sources.',
  })
}
