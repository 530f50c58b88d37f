import type { Client } from 'pg'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { errorCode } from '@/lib/engines/postgres/classify-error'
import { connect } from '@/lib/engines/postgres/connect/connect'
import { quoteIdentifier } from '@/lib/engines/postgres/connect/quote'

/**
 * Drops a restored database, if it is there. PostgreSQL keeps one that has subscriptions; those are given up first, and
 * never their slot on the publisher, which belongs to the database that was backed up. It keeps a template, too. `force`
 * ends its sessions.
 */
export async function dropDatabase(
  client: Client,
  source: SourceSpec,
  database: string,
  options: { force: boolean; signal: AbortSignal },
): Promise<void> {
  const drop = `DROP DATABASE IF EXISTS ${quoteIdentifier(database)}${options.force ? ' WITH (FORCE)' : ''}`
  try {
    await client.query(drop)
  } catch (error) {
    const [inUse, isTemplate] = ['55006', '42809']
    const code = errorCode(error)
    if (code === inUse) await dropSubscriptions(source, database, options.signal)
    else if (code === isTemplate) await client.query(`ALTER DATABASE ${quoteIdentifier(database)} IS_TEMPLATE false`)
    else throw error
    await client.query(drop)
  }
}

async function dropSubscriptions(source: SourceSpec, database: string, signal: AbortSignal): Promise<void> {
  const client = await connect(source, signal, database)
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT subname AS name FROM pg_subscription
        WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    )
    for (const name of rows.map((row) => quoteIdentifier(row.name))) {
      await client.query(`ALTER SUBSCRIPTION ${name} DISABLE`)
      await client.query(`ALTER SUBSCRIPTION ${name} SET (slot_name = NONE)`)
      await client.query(`DROP SUBSCRIPTION ${name}`)
    }
  } finally {
    await client.end().catch(() => undefined)
  }
}
