import { HoldfastError } from '@/lib/core/holdfast-error'
import type { SystemIdentity } from '@/lib/engines/postgres/replication/identify-system'
import type { Cluster } from './read-cluster'

/** Which cluster it is, and of which major version its files are. */
export const identityOf = ({ identity }: Cluster, { systemIdentifier }: SystemIdentity) =>
  `${identity.major}/${systemIdentifier}`

/** Behind one address there may be several. */
export function requireOneServer(cluster: Cluster, system: SystemIdentity): void {
  if (cluster.systemIdentifier === null || cluster.systemIdentifier === system.systemIdentifier) return
  throw new HoldfastError('source-failed', 'Two connections to the source reached two different clusters.', {
    remedy: 'Enter the address of one server, not that of something that chooses between several.',
    facts: { identifiers: [cluster.systemIdentifier, system.systemIdentifier] },
  })
}
