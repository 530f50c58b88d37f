import { destinationKindSchema } from '@/lib/contracts/destinations/index'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import type { DestinationSpec } from '@/lib/ports/storage'
import type { ServiceContext } from '../context'
import { unsealSecrets } from '../stored-secrets'
import { parseDestinationConfig } from './destination-config'

/** A destination with its secrets unsealed, as storage drivers take it. Never leaves the process. Throws `secret-unreadable`. */
export async function destinationSpec(
  ctx: Pick<ServiceContext, 'vault'>,
  row: Pick<DestinationModel, 'id' | 'name' | 'kind'> & { config: unknown; secretsSealed: unknown },
): Promise<DestinationSpec> {
  const kind = destinationKindSchema.parse(row.kind)
  return {
    id: row.id,
    name: row.name,
    kind,
    config: parseDestinationConfig(kind, row.config),
    secrets: await unsealSecrets(ctx, { type: 'destination', id: row.id }, row.secretsSealed),
  }
}
