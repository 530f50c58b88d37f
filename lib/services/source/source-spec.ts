import { engineNameSchema } from '@/lib/contracts/common'
import { postgresConnectionSchema, sourceOptionsSchema } from '@/lib/contracts/source'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { exposedPaths } from '@/lib/core/secrets/exposed-secret'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import type { SourceSpec } from '@/lib/ports/engine'
import type { ServiceContext } from '../context'

/** What a source's secret is bound to: a sealed value moved to another row cannot be opened there. */
export const sourceSecretContext = (id: string): string => `source:${id}`

/**
 * A source with its password unsealed, as engines take it. Never leaves the process. Throws `secret-unreadable`, and `host-invalid` for one that was
 * stored with a pasted connection as its host: errors and logs would repeat its password.
 */
export function sourceSpec(
  ctx: Pick<ServiceContext, 'vault'>,
  row: Pick<SourceModel, 'id' | 'name' | 'engine' | 'connection' | 'secretSealed' | 'options'>,
): SourceSpec {
  if (exposedPaths([row.connection, row.options]).length > 0) {
    throw new HoldfastError('host-invalid', `"${row.name}" has a pasted connection in the place of a host.`, {
      remedy:
        'Edit the source and enter host, port, database, user and password each in its field. Then change that password.',
    })
  }
  return {
    id: row.id,
    name: row.name,
    engine: engineNameSchema.parse(row.engine),
    connection: postgresConnectionSchema.parse(row.connection),
    secret: row.secretSealed === null ? null : ctx.vault.unseal(row.secretSealed, sourceSecretContext(row.id)),
    options: sourceOptionsSchema.parse(row.options),
  }
}
