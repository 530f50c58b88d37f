import type { ContinuousFinding } from './finding'
import type { ServerFacts } from './read-server'

interface Service {
  name: string
  roles: readonly string[]
  prefix: string
}

/** Services that let nobody outside follow the log or take base backups. What they load and whom they create tells them apart. */
const services: readonly Service[] = [
  { name: 'Amazon RDS or Aurora', roles: ['rds_superuser', 'rdsadmin'], prefix: 'rds' },
  { name: 'Azure Database for PostgreSQL', roles: ['azure_pg_admin', 'azuresu'], prefix: 'azure' },
  { name: 'AlloyDB', roles: ['alloydbsuperuser', 'alloydbadmin'], prefix: 'alloydb' },
  { name: 'Google Cloud SQL', roles: ['cloudsqlsuperuser', 'cloudsqladmin'], prefix: 'cloudsql' },
  { name: 'Neon', roles: ['neon_superuser', 'cloud_admin'], prefix: 'neon' },
]

/**
 * The finding about a managed service; null on every other server. Roles of a service also come with a dump that was taken
 * there: they count only while our own role may not replicate.
 */
export function managedFinding({
  marks,
  replication,
}: Pick<ServerFacts, 'marks' | 'replication'>): ContinuousFinding | null {
  const service = services.find(
    ({ roles, prefix }) =>
      marks.prefixes.includes(prefix) || (!replication && roles.some((role) => marks.roles.includes(role))),
  )
  if (!service) return null
  return {
    severity: 'error',
    code: 'managed-service',
    message: `This server is managed (${service.name}): the service lets nobody else follow the log or take base backups.`,
    remedy:
      'Protect it with dumps, which work here, and keep the point-in-time recovery of the service itself switched on.',
  }
}
