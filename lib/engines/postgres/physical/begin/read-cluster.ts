import type { Client } from 'pg'
import {
  type DatabaseLocale,
  readIdentity,
  readLocale,
  readPreload,
  readSystemIdentifier,
  type ServerIdentity,
} from '@/lib/engines/postgres/connect/server-facts'
import { readSession } from '@/lib/engines/postgres/connect/session-settings'
import { type BaseFacts, recoverySettings } from '../base-facts'
import { type OutsideFiles, readOutsideFiles } from './outside-files'

/** What SQL shows of the cluster, before its base backup begins. */
export interface Cluster extends Pick<
  BaseFacts,
  'role' | 'database' | 'session' | 'settings' | 'preload' | 'dataChecksums' | 'walSegmentBytes'
> {
  identity: ServerIdentity
  /** Null where the role may not ask. */
  systemIdentifier: string | null
  locale: DatabaseLocale
  databases: { oid: string; name: string }[]
  outside: OutsideFiles
  /** Which blocks change is noted, as incremental backups need it; null before version 17. */
  summarizesWal: boolean | null
  now: Date
}

export async function readCluster(client: Client): Promise<Cluster> {
  const identity = await readIdentity(client)
  const { rows } = await client.query<{ name: string; setting: string }>(
    'SELECT name, setting FROM pg_settings WHERE name = ANY ($1)',
    [[...recoverySettings, 'data_checksums', 'wal_segment_size', 'summarize_wal']],
  )
  const shown = new Map(rows.map(({ name, setting }) => [name, setting]))
  const { rows: superusers } = await client.query<{ name: string }>(
    'SELECT rolname::text AS name FROM pg_roles WHERE rolsuper AND rolcanlogin ORDER BY oid::int8 LIMIT 1',
  )
  const { rows: own } = await client.query<{ name: string }>('SELECT current_database()::text AS name')
  const { rows: databases } = await client.query<{ oid: string; name: string }>(
    'SELECT oid::text AS oid, datname::text AS name FROM pg_database ORDER BY datname',
  )
  return {
    identity,
    role: superusers[0]?.name ?? identity.user,
    database: own[0]?.name ?? '',
    session: await readSession(client),
    systemIdentifier: await readSystemIdentifier(client),
    settings: Object.fromEntries(
      recoverySettings.flatMap((name) => (shown.has(name) ? [[name, shown.get(name) ?? '']] : [])),
    ),
    preload: await readPreload(client),
    dataChecksums: shown.get('data_checksums') === 'on',
    walSegmentBytes: Number(shown.get('wal_segment_size')),
    summarizesWal: shown.has('summarize_wal') ? shown.get('summarize_wal') === 'on' : null,
    locale: await readLocale(client, identity.versionNumber),
    databases,
    outside: await readOutsideFiles(client),
    now: await serverTime(client),
  }
}

export async function serverTime(client: Client): Promise<Date> {
  const { rows } = await client.query<{ now: string }>(
    `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS now`,
  )
  return new Date(rows[0]?.now ?? NaN)
}
