import { randomBytes } from 'node:crypto'
import type { ClientBase } from 'pg'

/** An extension of PostgreSQL's own, and where this database has it, quoted: in a schema of its own when it was not there. */
export async function addExtension(
  client: ClientBase,
  extension: 'amcheck' | 'pg_prewarm',
): Promise<{ schema: string }> {
  const { rows } = await client.query<{ schema: string }>(
    `SELECT quote_ident(n.nspname) AS schema FROM pg_catalog.pg_extension e
       JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = $1`,
    [extension],
  )
  if (rows[0]) return rows[0]
  // The database may have one of any other name.
  const schema = `holdfast_${randomBytes(8).toString('hex')}`
  await client.query(`CREATE SCHEMA ${schema}`)
  await client.query(`CREATE EXTENSION ${extension} SCHEMA ${schema}`)
  return { schema }
}
