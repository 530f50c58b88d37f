import { isIP } from 'node:net'
import type { PostgresConnection } from '@/lib/contracts/engines/postgres'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { classifyConnectError, errorCode, errorText } from '@/lib/engines/postgres/classify-error'
import { quoteIdentifier } from '@/lib/engines/postgres/connect/quote'

/** What went wrong while a replication connection was opened: where it takes more than another connection does, that is named. */
export function classifyReplicationError(error: unknown, connection: PostgresConnection): HoldfastError {
  if (error instanceof HoldfastError) return error
  const { host, port, user } = connection
  const code = errorCode(error)
  const detail = errorText(error)
  const facts = { host, port, user, detail, sqlState: code }

  if (code === '28000' && /no pg_hba\.conf entry|pg_hba\.conf rejects/.test(detail)) {
    return new HoldfastError(
      'hba-refused',
      `The server at ${host}:${port} lets user ${user} open no replication connection from here: ${detail}.`,
      {
        remedy: `Add this line to pg_hba.conf on the server, above lines that refuse it, and reload: ${hbaLine(detail, user)}`,
        facts,
        cause: error,
      },
    )
  }
  if (code === '42501') {
    const sql = `ALTER ROLE ${quoteIdentifier(user)} REPLICATION;`
    return new HoldfastError('privilege-missing', `User ${user} may not replicate: ${detail}.`, {
      remedy: `Let an administrator run: ${sql}`,
      facts: { ...facts, sql },
      cause: error,
    })
  }
  if (code === '53300' && detail.includes('max_wal_senders')) {
    return new HoldfastError('source-failed', `The server at ${host}:${port} has no free replication connection.`, {
      remedy: 'Raise max_wal_senders and restart the server, or end a replication that is no longer needed.',
      facts,
      transient: true,
      cause: error,
    })
  }
  return classifyConnectError(error, connection)
}

/** The line of pg_hba.conf that is missing, for the address from which the server sees us. */
export function hbaLine(detail: string, user: string): string {
  const seen = /\bhost "([^"]+)"/.exec(detail)?.[1] ?? ''
  // Unquoted, `all` would be everybody.
  const name = /^[a-z_][a-z0-9_]*$/.test(user) && user !== 'all' ? user : `"${user.replaceAll('"', '""')}"`
  if (seen === '[local]') return `local replication ${name} scram-sha-256`
  const family = isIP(seen)
  const address = family === 0 ? '<address of this machine>/32' : `${seen}/${family === 6 ? 128 : 32}`
  return `host replication ${name} ${address} scram-sha-256`
}
