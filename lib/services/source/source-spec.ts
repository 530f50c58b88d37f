import { engineNameSchema } from '@/lib/contracts/common'
import { engineContract } from '@/lib/contracts/engines/index'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { exposedPaths } from '@/lib/core/secrets/exposed-secret'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { ServiceContext } from '../context'
import { unsealSecrets } from '../stored-secrets'
import { sourceOptions } from './source-options'

/**
 * A source with its secrets unsealed, as engines take it. Never leaves the process. Throws `secret-unreadable`,
 * `engine-unsupported`, and `host-invalid` for one that was stored with a pasted connection as its host: errors and logs
 * would repeat its password.
 */
export async function sourceSpec(
  ctx: Pick<ServiceContext, 'vault'>,
  row: Pick<SourceModel, 'id' | 'name' | 'engine'> & { connection: unknown; options: unknown; secretsSealed: unknown },
): Promise<SourceSpec> {
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
    connection: engineContract(row.engine).connection.parse(row.connection),
    secrets: await unsealSecrets(ctx, { type: 'source', id: row.id }, row.secretsSealed),
    options: sourceOptions(row),
  }
}
