import { HoldfastError } from '@/lib/core/holdfast-error'
import { classifyQueryError, errorCode } from '@/lib/engines/postgres/classify-error'
import { withMaintenance } from '@/lib/engines/postgres/connect/connect'
import { quoteIdentifier } from '@/lib/engines/postgres/connect/quote'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'

const [denied, recovering] = ['42501', '55000']

/** Writes a named restore point. Throws `privilege-missing` with the SQL that grants it, and `source-failed` for a standby. */
export async function markPoint(
  source: SourceSpec,
  name: string,
  run: RunContext,
): Promise<{ identity: string; timeline: string; position: string; at: Date }> {
  return withMaintenance(source, run.signal, async (client) => {
    try {
      const { rows } = await client.query<{ identity: string; position: string; file: string; at: Date }>(
        `SELECT (pg_catalog.pg_control_system()).system_identifier::text AS identity, marked.position::text AS position,
                pg_catalog.pg_walfile_name(marked.position) AS file, pg_catalog.clock_timestamp() AS at
           FROM pg_catalog.pg_create_restore_point($1) AS marked (position)`,
        [name],
      )
      const [row] = rows
      if (!row) throw new Error('the server answered nothing')
      const { identity, position, file, at } = row
      return { identity, timeline: file.slice(0, 8), position, at }
    } catch (error) {
      const code = errorCode(error)
      if (code === denied) throw lacking(String(source.connection['user']), error)
      if (code === recovering) throw standby(error)
      throw classifyQueryError(error)
    }
  })
}

const lacking = (user: string, cause: unknown) =>
  new HoldfastError('privilege-missing', `The role ${user} may not write restore points.`, {
    remedy: `In the database that the source names: GRANT EXECUTE ON FUNCTION pg_catalog.pg_create_restore_point(text) TO ${quoteIdentifier(user)};`,
    cause,
  })

const standby = (cause: unknown) =>
  new HoldfastError('source-failed', 'The server is a standby, and writes no log of its own.', {
    remedy: 'Write the restore point on the primary.',
    cause,
  })
