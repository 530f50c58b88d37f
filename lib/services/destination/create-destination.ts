import type { CreateDestination, Destination } from '@/lib/contracts/destination'
import { destinationContracts } from '@/lib/contracts/destinations/index'
import { splitSecrets } from '@/lib/contracts/stored-secret'
import { toDestination } from '@/lib/db/catalog/destination'
import { toJson } from '@/lib/db/to-json'
import { confirmChange } from '../approval/confirm-change'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { refusePlace } from './refuse-place'
import { sealSecrets } from '../stored-secrets'
import { withUniqueName } from '../with-unique-name'
import { refuseDestinationAddress } from './destination-config'

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
  const { settings: config, secrets } = splitSecrets(destinationContracts[input.kind].secrets, input.config)
  await refuseDestinationAddress(input.kind, config)
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
      // Sealed under the row's id, so the row comes first.
      const secretsSealed = toJson(await sealSecrets(ctx, { type: 'destination', id: created.id }, secrets))
      return tx.destination.update({ where: { id: created.id }, data: { secretsSealed } })
    }),
  )
  return toDestination(row, { backupCount: 0, storedBytes: 0 })
}
