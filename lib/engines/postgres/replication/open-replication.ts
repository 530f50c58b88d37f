import type { Client } from 'pg'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { connectionOf } from '@/lib/engines/postgres/connect/connect'
import { openClient } from '@/lib/engines/postgres/connect/open-client'
import { passwordOf } from '@/lib/engines/postgres/connect/options'
import { classifyReplicationError } from './classify-replication-error'

/**
 * A connection for commands of the physical replication protocol: the server's walsender answers it, which knows no databases and,
 * apart from `SHOW`, no SQL. Closed when the signal is aborted; the caller ends it otherwise. Rejects within 10 s with the codes of
 * `connect`; `hba-refused` and `privilege-missing` name the line or the statement that lets this role replicate.
 * `options`: settings of the session, as `-c name=value`.
 */
export async function openReplication(source: SourceSpec, signal: AbortSignal, options?: string): Promise<Client> {
  const connection = connectionOf(source)
  try {
    return await openClient(
      { connection, password: passwordOf(source), replication: true, ...(options === undefined ? {} : { options }) },
      signal,
    )
  } catch (error) {
    signal.throwIfAborted()
    throw classifyReplicationError(error, connection)
  }
}
