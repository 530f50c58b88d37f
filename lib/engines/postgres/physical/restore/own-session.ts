import type { Client } from 'pg'
import { connectionOf, speakItsBytes } from '@/lib/engines/postgres/connect/connect'
import { openClient } from '@/lib/engines/postgres/connect/open-client'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'

/**
 * Given where they go before all that was set for the role or the database, which came with the backup: such settings could hide
 * damage, end a long look, or let code of the database run in it.
 */
const settings = {
  role: 'none',
  search_path: 'pg_catalog',
  session_replication_role: 'replica',
  default_transaction_read_only: 'off',
  row_security: 'off',
  zero_damaged_pages: 'off',
  ignore_checksum_failure: 'off',
  lc_messages: 'C',
  statement_timeout: '0',
  lock_timeout: '0',
  idle_session_timeout: '0',
  max_parallel_workers_per_gather: '0',
}

const options = Object.entries(settings)
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ')

/** A session of the superuser that looks for damage in a database of the recovered server. Rejects with what the server said, as it said it. */
export async function inDatabase<T>(
  server: SourceSpec,
  database: string,
  run: Pick<RunContext, 'signal'>,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const connection = { ...connectionOf(server), database }
  const client = await openClient({ connection, password: null, options }, run.signal)
  try {
    await speakItsBytes(client)
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
    run.signal.throwIfAborted()
  }
}
