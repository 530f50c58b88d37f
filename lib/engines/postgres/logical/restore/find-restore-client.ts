import { HoldfastError } from '@/lib/core/holdfast-error'
import { findClient, type Installation } from '@/lib/engines/postgres/connect/find-client'

/**
 * pg_restore must be as new as the pg_dump that wrote the archive. From version 17 on it sets `transaction_timeout`,
 * which an older server does not know and which ends the restore at its first statement.
 */
export async function findRestoreClient(
  toolMajor: number,
  toolVersion: string,
  serverMajor: number,
): Promise<Installation> {
  const client = await findClient(Math.max(toolMajor, serverMajor), toolVersion)
  if (client.major < 17 || serverMajor >= 17) return client
  throw new HoldfastError(
    'client-too-new',
    `The backup was written by pg_dump ${toolVersion}; pg_restore ${client.version} cannot restore it into a server of version ${serverMajor}.`,
    { remedy: 'Restore into a server of version 17 or newer.', facts: { client: client.version, serverMajor } },
  )
}
