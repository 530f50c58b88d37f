import { engineContract } from '@/lib/contracts/engines/index'
import type { CreateSource, Source } from '@/lib/contracts/source'
import { splitSecrets } from '@/lib/contracts/stored-secret'
import { toSource } from '@/lib/db/catalog/source'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { sealSecrets } from '../stored-secrets'
import { withUniqueName } from '../with-unique-name'
import { confirmUnconfined } from './confirm-source'
import { refuseSourceAddress } from './refuse-source-address'

/**
 * Stores a source; nothing is contacted. Throws `name-taken` and `engine-unsupported`. `sample` marks demo data,
 * `catalog` the catalog's own database.
 */
export async function createSource({
  ctx,
  input,
  catalog = false,
}: {
  ctx: ServiceContext
  input: CreateSource & { sample?: boolean }
  catalog?: boolean
}): Promise<Source> {
  permit(ctx.actor, 'admin')
  ctx.engine(input.engine)
  const contract = engineContract(input.engine)
  await refuseSourceAddress(input.engine, input)
  const { settings: connection, secrets } = splitSecrets(contract.secrets, input.connection)
  const row = await withUniqueName('source', input.name, () =>
    ctx.db.$transaction(async (tx) => {
      const created = await tx.source.create({
        data: {
          name: input.name,
          engine: input.engine,
          connection: toJson(connection),
          options: toJson(input.options),
          tags: input.tags ?? [],
          sample: input.sample ?? false,
          catalog,
        },
      })
      await recordAudit(tx, ctx.actor, {
        action: 'source.create',
        subjectType: 'source',
        subjectId: created.id,
        detail: { name: input.name, engine: input.engine, place: contract.place(connection) },
      })
      if (input.options.acceptUnconfined) await confirmUnconfined(ctx, tx, created)
      // Sealed under the row's id, so the row comes first.
      const secretsSealed = toJson(await sealSecrets(ctx, { type: 'source', id: created.id }, secrets))
      return tx.source.update({ where: { id: created.id }, data: { secretsSealed } })
    }),
  )
  return toSource(row)
}
