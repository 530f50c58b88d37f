import type { Check } from '@/lib/contracts/backup'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { Findings } from './findings'
import { inDatabase } from '@/lib/engines/postgres/physical/restore/own-session'

export interface OpenedDatabases {
  check: Check
  /** Names of all that there are, and of those that a session was let into. */
  all: string[]
  open: string[]
}

/** Connects to every database that allows it. One whose DROP DATABASE was interrupted cannot be opened on any server. */
export async function openDatabases(server: SourceSpec, run: RunContext): Promise<OpenedDatabases> {
  const own = String(server.connection['database'])
  const rows = await inDatabase(server, own, run, async (client) => {
    const found = await client.query<{ name: string; allowed: boolean; invalid: boolean }>(
      `SELECT datname::text AS name, datallowconn AS allowed, datconnlimit = -2 AS invalid
         FROM pg_database ORDER BY datname`,
    )
    return found.rows
  })
  const findings = new Findings('databases-open', 'Nothing of such a database can be read')
  const open: string[] = []
  for (const { name, allowed, invalid } of rows) {
    if (!allowed || invalid) continue
    run.signal.throwIfAborted()
    try {
      await inDatabase(server, name, run, (client) => client.query('SELECT FROM pg_class LIMIT 1'))
      open.push(name)
      findings.sound()
    } catch (error) {
      findings.failed(name, error)
    }
  }
  const interrupted = rows.filter(({ invalid }) => invalid).map(({ name }) => name)
  if (interrupted.length > 0)
    findings.note(`DROP DATABASE was interrupted on the server, and needs to be done again: ${interrupted.join(', ')}`)
  return { check: findings.check(), all: rows.map(({ name }) => name), open }
}
