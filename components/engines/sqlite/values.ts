import type { SqlAssertion } from '@/lib/contracts/engines/common'
import type { Source } from '@/lib/contracts/source'
import { ownSource } from '../own-source'

export interface SqliteForm {
  connection: { path: string }
  options: {
    lockTimeoutMs: number | null
    writersMayWaitMs: number | null
    assertions: SqlAssertion[]
    criticalTables: string[]
  }
}

export const emptySqlite: SqliteForm = {
  connection: { path: '' },
  options: { lockTimeoutMs: 30_000, writersMayWaitMs: 30_000, assertions: [], criticalTables: [] },
}

export function sqliteValuesOf(source: Source): SqliteForm {
  const { connection, options } = ownSource(source, 'sqlite')
  const { lockTimeoutMs, writersMayWaitMs, assertions, criticalTables } = options
  return {
    connection: { path: connection.path },
    options: { lockTimeoutMs, writersMayWaitMs, assertions, criticalTables },
  }
}

export const sqliteOptionsOf = (options: SqliteForm['options']) => ({
  lockTimeoutMs: options.lockTimeoutMs ?? undefined,
  writersMayWaitMs: options.writersMayWaitMs ?? undefined,
  assertions: options.assertions,
  criticalTables: options.criticalTables,
})
