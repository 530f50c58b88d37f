import type { CreateDestination, Destination } from '@/lib/contracts/destination'
import { toDestination } from '@/lib/db/catalog/destination'
import { toJson } from '@/lib/db/to-json'
import { confirmChange } from '../approval/confirm-change'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { refuseMetadataUrl } from '../refuse-metadata-address'
import { refusePlace } from './refuse-place'
import { withUniqueName } from '../with-unique-name'
import { destinationSecretField } from './destination-config'
import { destinationSecretContext } from './destination-spec'
import { splitSecret } from '../split-secret'

/**
 * Stores a destination; nothing is written there. Throws `name-taken`, `address-refused`,
 * `folder-refused` and `step-up-needed`.
 */
export async function createDestination({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: CreateDestination
}): Promise<Destination> {
  permit(ctx.actor, 'admin')
  const { config, secret } = splitSecret(input.config, destinationSecretField)
  await refuseMetadataUrl(config['endpoint'], 'config.endpoint')
  await refusePlace(ctx, { name: input.name, kind: input.kind, config })
  const row = await withUniqueName('destination', input.name, () =>
    ctx.db.$transaction(async (tx) => {
      const created = await tx.destination.create({
        data: { name: input.name, kind: input.kind, config: toJson(config), options: toJson(input.options) },
      })
      await confirmChange(ctx, tx, {
        action: 'destination.create',
        subjectType: 'destination',
        subjectId: created.id,
        summary: `Backups may go to "${input.name}" from now on`,
      })
      await recordAudit(tx, ctx.actor, {
        action: 'destination.create',
        subjectType: 'destination',
        subjectId: created.id,
        detail: { name: input.name, kind: input.kind },
      })
      if (!secret) return created
      // Sealed under the row's id, so the row comes first.
      const secretSealed = ctx.vault.seal(secret, destinationSecretContext(created.id))
      return tx.destination.update({ where: { id: created.id }, data: { secretSealed } })
    }),
  )
  return toDestination(row, { backupCount: 0, storedBytes: 0 })
}
