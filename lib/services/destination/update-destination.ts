import { destinationContract, destinationKindSchema } from '@/lib/contracts/destinations/index'
import type { Destination, UpdateDestination } from '@/lib/contracts/destination'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { toDestination } from '@/lib/db/catalog/destination'
import { jsonObject } from '@/lib/db/catalog/json-object'
import { Prisma } from '@/lib/db/generated/client'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import { toJson } from '@/lib/db/to-json'
import { confirmChange } from '../approval/confirm-change'
import { fieldChanges, secretChanges } from '../audit/field-changes'
import { recordAudit } from '../audit/record-audit'
import { startCleanup } from '../cleanup/start-cleanup'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { findRetentionPolicy } from '../retention-policy/find-retention-policy'
import { guardOtherPolicy } from '../retention-policy/guard-other-policy'
import { sourcesHeldIn } from '../retention/sources-of-policy'
import { startRetention } from '../retention/start-retention'
import { readSealedSecrets } from '../stored-secrets'
import { withUniqueName } from '../with-unique-name'
import { usageOf } from './destination-usage'
import { findDestination } from './find-destination'
import { refusePlace } from './refuse-place'
import { mergeDestination, type MergedDestination } from './merge-destination'

/**
 * Changes what is named and keeps the rest. Throws `in-use` when the place (folder, bucket, prefix) would change while
 * copies or log lie there: Holdfast would lose sight of them. Throws `folder-refused` for a place that no backups may go to.
 */
export async function updateDestination({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; patch: UpdateDestination }
}): Promise<Destination> {
  permit(ctx.actor, 'admin')
  const { id, patch } = input
  // Before the transaction: a file system may take its time to answer.
  if (patch.config) {
    const planned = await mergeDestination(ctx, await findDestination(ctx.db, id), patch)
    await refusePlace(ctx, { ...planned, kind: destinationKindSchema.parse(planned.kind) })
  }
  const changed = await withUniqueName('destination', patch.name, () =>
    ctx.db.$transaction(async (tx) => {
      const before = await findDestination(tx, id)
      const merged = await mergeDestination(ctx, before, patch)
      const retentionPolicyId =
        patch.retentionPolicyId === undefined ? before.retentionPolicyId : patch.retentionPolicyId
      if (retentionPolicyId) await findRetentionPolicy(tx, retentionPolicyId)
      const usage = await usageOf(tx, id)
      const moved = destinationContract(before.kind).placeFields.find(
        (field) => jsonObject(before.config)[field] !== merged.config[field],
      )
      if (moved && usage.backupCount > 0) refuseMove(before.name, moved, usage.backupCount)
      if (moved && (await tx.logRange.count({ where: { destinationId: id } })) > 0) refuseMoveOfLog(before.name, moved)
      // Those of the place before: the next inventory looks at another one.
      if (moved) await tx.storageFinding.deleteMany({ where: { destinationId: id } })
      const of = { type: 'destination' as const, id }
      await guardOtherPolicy(ctx, tx, { of, from: before.retentionPolicyId, to: retentionPolicyId })
      if (reachedOtherwise(before, merged)) {
        await confirmChange(ctx, tx, {
          action: 'destination.change',
          subjectType: 'destination',
          subjectId: id,
          summary: `Where "${before.name}" lies, or how it is reached, is another now`,
        })
      }
      await recordAudit(tx, ctx.actor, {
        action: 'destination.update',
        subjectType: 'destination',
        subjectId: id,
        detail: {
          name: merged.name,
          changes: {
            ...fieldChanges(
              {
                name: before.name,
                retentionPolicyId: before.retentionPolicyId,
                ...jsonObject(before.config),
                ...jsonObject(before.options),
              },
              { name: merged.name, retentionPolicyId, ...merged.config, ...merged.options },
            ),
            ...secretChanges(readSealedSecrets(before.secretsSealed), merged.secretsSealed),
          },
        },
      })
      const row = await tx.destination.update({
        where: { id },
        data: {
          name: merged.name,
          retentionPolicyId,
          config: toJson(merged.config),
          options: toJson(merged.options),
          secretsSealed: toJson(merged.secretsSealed),
          ...(patch.config ? { probe: Prisma.DbNull, probedAt: null } : {}),
        },
      })
      return toDestination(row, usage)
    }),
  )
  // The clean-up carries the rules into the store.
  if (patch.options?.transitions) await startCleanup({ ctx })
  // Backups that the new rules would delete wait for the grace time. They are reported now, not after the next backup.
  if (patch.retentionPolicyId !== undefined) await startRetention(ctx, await sourcesHeldIn(ctx.db, id))
  return changed
}

/** Backups would go elsewhere, or by other credentials. */
function reachedOtherwise(before: DestinationModel, after: MergedDestination): boolean {
  const changes = fieldChanges(jsonObject(before.config), after.config)
  return (
    Object.keys(changes).length > 0 ||
    Object.keys(secretChanges(readSealedSecrets(before.secretsSealed), after.secretsSealed)).length > 0
  )
}

function refuseMoveOfLog(name: string, moved: string): never {
  const message = `The log of a source lies in "${name}" and would be lost from sight.`
  throw new HoldfastError('in-use', message, {
    remedy: 'Add the new place as another destination, and choose it in the continuous protection of the source.',
    facts: { errors: [{ path: `config.${moved}`, message }] },
  })
}

function refuseMove(name: string, moved: string, count: number): never {
  const message = `${count === 1 ? 'One backup lies' : `${count} backups lie`} in "${name}" and would be lost from sight.`
  throw new HoldfastError('in-use', message, {
    remedy: 'Add the new place as another destination, and delete this one when its backups are gone.',
    facts: { count, errors: [{ path: `config.${moved}`, message }] },
  })
}
