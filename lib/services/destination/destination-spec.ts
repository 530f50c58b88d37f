import { destinationKindSchema } from '@/lib/contracts/destination'
import type { DestinationModel } from '@/lib/db/generated/models/Destination'
import type { DestinationSpec } from '@/lib/ports/storage'
import type { ServiceContext } from '../context'
import { parseDestinationConfig } from './destination-config'

/** What a destination's secret is bound to: a sealed value moved to another row cannot be opened there. */
export const destinationSecretContext = (id: string): string => `destination:${id}`

/** A destination with its secret unsealed, as storage drivers take it. Never leaves the process. Throws `secret-unreadable`. */
export function destinationSpec(
  ctx: Pick<ServiceContext, 'vault'>,
  row: Pick<DestinationModel, 'id' | 'name' | 'kind' | 'secretSealed'> & { config: unknown },
): DestinationSpec {
  const kind = destinationKindSchema.parse(row.kind)
  return {
    id: row.id,
    name: row.name,
    kind,
    config: parseDestinationConfig(kind, row.config),
    secret: row.secretSealed === null ? null : ctx.vault.unseal(row.secretSealed, destinationSecretContext(row.id)),
  }
}
