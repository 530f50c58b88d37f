import type { ClientBase } from 'pg'
import { errorText } from '@/lib/engines/postgres/classify-error'
import type { DatabaseStatement } from '@/lib/engines/postgres/logical/archive/database-entries'
import { isTroubleOfServer } from '@/lib/engines/postgres/connect/is-trouble-of-server'
import { quoteLiteral } from '@/lib/engines/postgres/connect/quote'

/** A statement that the server did not take, and what it said. */
export interface Refused {
  statement: DatabaseStatement
  reason: string
}

/**
 * Makes settings, rights and the like on a database. What the server refuses is left out and answered: it is right where
 * it came from, and need not be here. Throws what is no answer to the statement.
 */
export async function applyEntries(
  client: ClientBase,
  database: string,
  statements: readonly DatabaseStatement[],
): Promise<Refused[]> {
  const refused: Refused[] = []
  for (const statement of statements) {
    try {
      const sql = statement.sql(database)
      if (statement.setting?.endsWith('_preload_libraries')) await loadAll(client, sql)
      await client.query(sql)
    } catch (error) {
      if (isTroubleOfServer(error)) throw error
      refused.push({ statement, reason: errorText(error) })
    }
  }
  await client.query('RESET SESSION AUTHORIZATION')
  return refused
}

/** Nobody could connect any more to a database that is set to load what is not there. */
async function loadAll(client: ClientBase, sql: string): Promise<void> {
  const assigned = sql.slice(sql.lastIndexOf(' TO '))
  for (const [, library = ''] of assigned.matchAll(/'((?:[^']|'')+)'/g)) {
    await client.query(`LOAD ${quoteLiteral(library.replaceAll("''", "'"))}`)
  }
}
