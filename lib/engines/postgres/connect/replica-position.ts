import type { Client } from 'pg'
import { errorCode } from '@/lib/engines/postgres/classify-error'

/** A server's place in the history of its cluster. */
export interface Position {
  /** Of the cluster; null when the server does not tell. */
  systemIdentifier: string | null
  /** Of the database, which all servers of a cluster share. */
  databaseOid: string
  /** End of the WAL written (primary) or replayed (standby). */
  lsn: bigint
}

export interface ReplicaPosition extends Position {
  inRecovery: boolean
  replayedAt: Date | null
  /** Number of tables whose rows a standby does not have. */
  unlogged: number
}

export async function positionOf(client: Client): Promise<Position> {
  const { rows } = await client.query<{ oid: string; lsn: string }>(
    `SELECT (SELECT oid::text FROM pg_database WHERE datname = current_database()) AS oid,
            ((CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END) - '0/0')::text AS lsn`,
  )
  return {
    systemIdentifier: await systemIdentifier(client),
    databaseOid: rows[0]?.oid ?? '',
    lsn: BigInt(rows[0]?.lsn ?? 0),
  }
}

export async function readReplicaPosition(client: Client): Promise<ReplicaPosition> {
  const position = await positionOf(client)
  const { rows } = await client.query<{ standby: boolean; at: Date | null; unlogged: number }>(
    `SELECT pg_is_in_recovery() AS standby, pg_last_xact_replay_timestamp() AS at,
            (SELECT count(*)::int FROM pg_class WHERE relpersistence = 'u' AND relkind = 'r') AS unlogged`,
  )
  const row = rows[0]
  return {
    ...position,
    inRecovery: row?.standby === true,
    replayedAt: row?.at ?? null,
    unlogged: row?.unlogged ?? 0,
  }
}

/** Hosted servers may keep the function from their users. */
async function systemIdentifier(client: Client): Promise<string | null> {
  try {
    const { rows } = await client.query<{ id: string }>('SELECT system_identifier::text AS id FROM pg_control_system()')
    return rows[0]?.id ?? null
  } catch (error) {
    if (errorCode(error) === '42501' || errorCode(error) === '42883') return null
    throw error
  }
}

/** By the cluster's own number when both tell it; else by that of the database, which may coincide but seldom does. */
export function sameCluster(a: Position, b: Position): boolean {
  if (a.systemIdentifier !== null && b.systemIdentifier !== null) return a.systemIdentifier === b.systemIdentifier
  return a.databaseOid === b.databaseOid
}
