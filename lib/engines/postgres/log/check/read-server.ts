import type { ClientBase } from 'pg'
import { readIdentity, type ServerIdentity } from '@/lib/engines/postgres/connect/server-facts'
import { slotName } from '../slot'

/** What continuous protection depends on, as the server told it. */
export interface ServerFacts {
  identity: Pick<ServerIdentity, 'major' | 'version' | 'standby'>
  /** The role that logs in: what it is set to become counts for nothing in replication. */
  user: string
  /** It may open replication connections. */
  replication: boolean
  /** By name, in the unit of pg_settings; what the role is not shown is absent. */
  settings: Readonly<Record<string, string>>
  /** Senders that are at work, without that of our own slot and without our base backups. */
  senders: number
  /** Names of slots, without our own. */
  slots: { name: string; active: boolean }[]
  ownSlot: OwnSlot | null
  /** What the server wrote in an hour, on average; null where it does not say. */
  hourlyBytes: number | null
  /** Roles and prefixes of settings by which managed services are known. */
  marks: { roles: string[]; prefixes: string[] }
  /** The address that the server sees us come from; null: a Unix socket. */
  address: string | null
}

export interface OwnSlot {
  name: string
  physical: boolean
  /** The server has removed log that the slot needs. */
  lost: boolean
  /** Name of the program that reads it; null: none does, empty: the role is not shown it. */
  reader: string | null
}

const settingNames = [
  'wal_level',
  'max_wal_senders',
  'max_replication_slots',
  'max_slot_wal_keep_size',
  'idle_replication_slot_timeout',
  'summarize_wal',
  'data_checksums',
  'full_page_writes',
  'archive_mode',
  'archive_command',
  'archive_library',
  'archive_timeout',
  'hba_file',
]

/** Changes nothing. `sourceId` says which slot is our own. */
export async function readServer(client: ClientBase, sourceId: string): Promise<ServerFacts> {
  const identity = await readIdentity(client)
  const { rows: settings } = await client.query<{ name: string; setting: string }>(
    'SELECT name, setting FROM pg_catalog.pg_settings WHERE name = ANY ($1)',
    [settingNames],
  )
  const { rows: roles } = await client.query<{
    name: string
    replication: boolean
    limit: number
    address: string | null
  }>(
    `SELECT rolname::text AS name, rolreplication OR rolsuper AS replication,
            pg_catalog.host(pg_catalog.inet_client_addr()) AS address
       FROM pg_catalog.pg_roles WHERE rolname = session_user`,
  )
  const [role] = roles
  return {
    identity,
    user: role?.name ?? identity.user,
    replication: role?.replication === true,
    address: role?.address ?? null,
    settings: Object.fromEntries(settings.map(({ name, setting }) => [name, setting])),
    ...(await readSlots(client, slotName(sourceId))),
    hourlyBytes: identity.standby || identity.major < 14 ? null : await readHourlyBytes(client),
    marks: await readMarks(client),
  }
}

async function readSlots(client: ClientBase, own: string): Promise<Pick<ServerFacts, 'slots' | 'ownSlot' | 'senders'>> {
  const { rows } = await client.query<{ name: string; type: string; active: boolean; lost: boolean; reader: string }>(
    `SELECT s.slot_name::text AS name, s.slot_type AS type, s.active, coalesce(s.wal_status, '') = 'lost' AS lost,
            coalesce(a.application_name, '') AS reader
       FROM pg_catalog.pg_replication_slots s LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = s.active_pid
      ORDER BY 1`,
  )
  const { rows: senders } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_catalog.pg_stat_replication
      WHERE (usename, application_name, state) IS DISTINCT FROM (session_user, 'holdfast', 'backup')`,
  )
  const found = rows.find(({ name }) => name === own)
  return {
    slots: rows.filter((slot) => slot !== found).map(({ name, active }) => ({ name, active })),
    senders: (senders[0]?.count ?? 0) - (found?.active ? 1 : 0),
    ownSlot: found
      ? {
          name: found.name,
          physical: found.type === 'physical',
          lost: found.lost,
          reader: found.active ? found.reader : null,
        }
      : null,
  }
}

/** Within its first hour a server has written at least what it has written so far. */
async function readHourlyBytes(client: ClientBase): Promise<number | null> {
  const { rows } = await client.query<{ bytes: number }>(
    `SELECT (wal_bytes * 3600 / greatest(extract(epoch FROM now() - coalesce(stats_reset, pg_postmaster_start_time())), 3600))::float8 AS bytes
       FROM pg_catalog.pg_stat_wal`,
  )
  return rows[0]?.bytes ?? null
}

/** Settings of an extension are listed only where it is loaded; anybody can make a role. */
async function readMarks(client: ClientBase): Promise<ServerFacts['marks']> {
  const { rows } = await client.query<{ roles: string[] | null; prefixes: string[] | null }>(
    `SELECT (SELECT array_agg(rolname::text) FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_' AND NOT rolcanlogin) AS roles,
            (SELECT array_agg(DISTINCT split_part(name, '.', 1)) FROM pg_catalog.pg_settings WHERE name LIKE '%.%') AS prefixes`,
  )
  return { roles: rows[0]?.roles ?? [], prefixes: rows[0]?.prefixes ?? [] }
}
