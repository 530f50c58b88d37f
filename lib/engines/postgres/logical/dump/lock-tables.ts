import type { Client } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { SizedTable } from './plan-parts'
import { errorCode, errorText } from '@/lib/engines/postgres/classify-error'
import { quoteQualified } from '@/lib/engines/postgres/connect/quote'

/**
 * Locks tables against being changed or dropped, for as long as the transaction lasts. Their dumps begin a little later,
 * and what happened in between would make them fail, or miss the table.
 */
export async function lockTables(client: Client, tables: readonly SizedTable[]): Promise<void> {
  if (tables.length === 0) return
  // ONLY: children of an inherited table are locked by the dump that reads them.
  const names = tables.map((table) => `ONLY ${quoteQualified(table.schema, table.name)}`).join(', ')
  try {
    await client.query(`LOCK TABLE ${names} IN ACCESS SHARE MODE`)
  } catch (error) {
    throw lockError(error)
  }
}

function lockError(error: unknown): unknown {
  const code = errorCode(error)
  if (code === '55P03') {
    return new HoldfastError('lock-timeout', 'The backup gave up waiting for the lock on a table.', {
      remedy:
        'Another session changes this table (DDL, TRUNCATE, VACUUM FULL, LOCK TABLE). Let it finish, or take the backup at another time. The time to wait is an option of the source.',
      transient: true,
      cause: error,
    })
  }
  // 42P01: dropped or renamed after the snapshot was taken.
  if (code === '42P01' || code === '3F000') {
    return new HoldfastError('producer-failed', `A table changed while the backup began: ${errorText(error)}.`, {
      remedy: 'The next attempt reads everything anew.',
      transient: true,
      cause: error,
    })
  }
  return error
}
