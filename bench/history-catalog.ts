import path from 'node:path'
import { Client } from 'pg'
import { migrate } from '@/lib/db/migrate'
import type { BenchSettings } from './settings'

export const historySources = 1_000
/** Runs of one source are so far apart. */
const everyHours = 6

export interface HistoryCatalog {
  url: string
  seedMs: number
  query<Row extends object>(sql: string): Promise<Row[]>
  drop(): Promise<void>
}

/** A catalog of its own with a thousand sources and so many backups, each with its copies, as years of use leave it. */
export async function makeHistoryCatalog(settings: BenchSettings): Promise<HistoryCatalog> {
  const url = new URL(settings.catalogServerUrl)
  const name = `holdfast_bench_history_${process.pid}`
  await asAdmin(settings, `CREATE DATABASE ${name} TEMPLATE template0`)
  url.pathname = `/${name}`
  await migrate(url.href, path.join(settings.root, 'prisma/migrations'))
  const client = new Client({ connectionString: url.href })
  await client.connect()
  const begun = performance.now()
  await seed(client, settings.historyRows)
  return {
    url: url.href,
    seedMs: performance.now() - begun,
    query: async <Row extends object>(sql: string) => (await client.query<Row>(sql)).rows,
    async drop() {
      await client.end()
      await asAdmin(settings, `DROP DATABASE ${name} WITH (FORCE)`)
    },
  }
}

async function asAdmin(settings: BenchSettings, sql: string): Promise<void> {
  const admin = new Client({ connectionString: settings.catalogServerUrl })
  await admin.connect()
  await admin.query(sql)
  await admin.end()
}

async function seed(client: Client, rows: number): Promise<void> {
  await client.query(`SET synchronous_commit = off; SET maintenance_work_mem = '256MB'; SET work_mem = '128MB'`)
  await client.query(configuration)
  const tables = ['backup_history', 'backup_copy']
  for (const table of tables) await client.query(`ALTER TABLE ${table} DISABLE TRIGGER ALL`)
  // Indexes are made after the rows: in one go, and much quicker than row by row.
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
      WHERE indrelid = ANY ($1::regclass[]) AND NOT indisprimary`,
    [tables],
  )
  for (const index of indexes) await client.query(`DROP INDEX ${index.name}`)
  await client.query(history(rows))
  await client.query(copies)
  for (const index of indexes) await client.query(index.definition)
  for (const table of tables) await client.query(`ALTER TABLE ${table} ENABLE TRIGGER ALL`)
  await client.query(proofs)
  await client.query(jobs)
  await client.query('SELECT rebuild_totals()')
  await client.query('SELECT rebuild_destination_days()')
  await client.query('VACUUM ANALYZE')
}

/** Time-ordered, as the ids that the product makes are. */
const idOf = (at: string, unique: string) =>
  `(lpad(to_hex((extract(epoch FROM ${at}) * 1000)::bigint), 12, '0') || '7' || substr(md5(${unique}::text), 1, 3) || '8'
    || substr(md5(${unique}::text), 4, 15))::uuid`

const configuration = `
  -- An id that a name repeats, with the version that ids must have.
  CREATE FUNCTION bench_id(name text) RETURNS uuid IMMUTABLE LANGUAGE sql AS $$
    SELECT overlay(overlay(md5(name) PLACING '4' FROM 13) PLACING '8' FROM 17)::uuid $$;
  INSERT INTO destination (id, name, kind, config, options, created_at, updated_at)
  SELECT bench_id('destination' || n), 'store ' || n, 's3', '{"bucket": "backups"}',
    '{"capacityBytes": 900000000000000}', now(), now() FROM generate_series(1, 3) n;
  INSERT INTO retention_policy (id, name, rules, updated_at)
  VALUES (bench_id('policy'), 'GFS', '{"gfs": {"daily": 7, "weekly": 4, "monthly": 12}, "minimum": 1}', now());
  INSERT INTO source (id, name, engine, connection, options, created_at, updated_at)
  SELECT bench_id('source' || n), 'database ' || lpad(n::text, 4, '0'), 'postgres',
    '{"host": "db.example.com", "port": 5432, "user": "backup", "database": "app", "ssl": "require"}',
    '{"rpoObjectiveMs": 86400000, "rtoObjectiveMs": 3600000}', now() - interval '1 year', now()
  FROM generate_series(0, ${historySources - 1}) n;
  -- Every source at its own minute: none shares an expression with more than a handful of others.
  INSERT INTO schedule (id, source_id, action, cron, time_zone, destination_ids, retention_policy_id, options, evaluated_until, updated_at)
  SELECT bench_id(action || n), bench_id('source' || n), action,
    n % 60 || ' ' || CASE action WHEN 'backup' THEN (n / 60) % 6 || '/${everyHours} * * *' ELSE (n / 60) % 24 || ' * * 0' END,
    CASE n % 3 WHEN 0 THEN 'UTC' WHEN 1 THEN 'Europe/Athens' ELSE 'America/New_York' END,
    ARRAY[bench_id('destination1')], CASE action WHEN 'backup' THEN bench_id('policy') END, '{}', now(), now()
  FROM generate_series(0, ${historySources - 1}) n, unnest(ARRAY['backup', 'restore-test']) action;
  INSERT INTO worker (id, host, process_key, pid, version, started_at, heartbeat_at)
  VALUES (gen_random_uuid(), 'bench', 'bench', 1, '0', now(), now() + interval '1 day');`

/** One in forty failed, one in two hundred was missed, one in a hundred lacks a copy; half of the oldest are deleted. */
const history = (rows: number) => `
  INSERT INTO backup_history (id, source_id, job_id, kind, status, started_at, finished_at, due_at, duration_ms, source_bytes,
    stored_bytes, verified, proven_at, repository_path, retention_policy_id, error, log, deleted_at, measures)
  SELECT ${idOf('at', 'n')}, bench_id('source' || source), bench_id('job' || n), 'logical', status, at,
    at + interval '4 minutes', at, 240000, CASE WHEN good THEN bytes ELSE 0 END, CASE WHEN good THEN bytes / 5 ELSE 0 END,
    CASE WHEN NOT good THEN 'unproven' WHEN n % 28 = 0 THEN 'proven' WHEN n % 4001 = 0 THEN 'broken' ELSE 'unproven' END,
    CASE WHEN good AND n % 28 = 0 THEN at + interval '2 hours' END, 'source/backup/', bench_id('policy'),
    CASE WHEN NOT good THEN '{"code": "connection-refused", "message": "The server refused the connection.", "remedy": "Start the server."}'::jsonb END,
    repeat('2026-11-21T02:00:00Z stored 0001.dump.zst.age ', 8),
    CASE WHEN run > ${Math.floor(rows / historySources / 2)} AND n % 2 = 0 THEN now() END,
    jsonb_build_array(jsonb_build_object('name', 'rows', 'of', 'items', 'unit', 'count', 'value', 1000000 + run),
      '{"name": "tables", "of": "containers", "unit": "count", "value": 120}'::jsonb)
  FROM (
    SELECT n, n % ${historySources} AS source, n / ${historySources} AS run,
      date_trunc('milliseconds', now() - (n / ${historySources}) * interval '${everyHours} hours'
        - (n % ${historySources}) * interval '17 seconds') AS at,
      CASE WHEN n % 41 = 0 THEN 'failed' WHEN n % 211 = 0 THEN 'missed' WHEN n % 101 = 0 THEN 'partial' ELSE 'succeeded' END AS status,
      n % 41 <> 0 AND n % 211 <> 0 AS good,
      (2000000000::bigint + (n % ${historySources}) * 1000000 - (n / ${historySources}) * 500000) AS bytes
    FROM generate_series(0, ${rows - 1}) n
  ) AS runs`

/** Two copies of each good backup; one of a partial one failed. */
const copies = `
  INSERT INTO backup_copy (id, backup_id, destination_id, state, stored_bytes, stored_at, storage_class, deleted_at)
  SELECT gen_random_uuid(), b.id, bench_id('destination' || place),
    CASE WHEN b.deleted_at IS NOT NULL THEN 'deleted' WHEN place = 2 AND b.status = 'partial' THEN 'failed' ELSE 'stored' END,
    b.stored_bytes, b.finished_at, CASE WHEN b.started_at < now() - interval '90 days' THEN 'STANDARD_IA' END, b.deleted_at
  FROM backup_history b, generate_series(1, 2) place WHERE b.status IN ('succeeded', 'partial')`

const proofs = `
  INSERT INTO restore_test (id, backup_id, job_id, level, verdict, checks, evidence, started_at, finished_at, duration_ms)
  SELECT gen_random_uuid(), id, gen_random_uuid(), 'standard', 'passed', '[]', '{"restoreDurationMs": 420000}', proven_at,
    proven_at + interval '7 minutes', 420000
  FROM backup_history WHERE verified = 'proven'`

const jobs = `
  INSERT INTO job (id, kind, state, input, actor, source_id, created_at, started_at, finished_at)
  SELECT gen_random_uuid(), 'backup', CASE WHEN n < 8 THEN 'running' ELSE 'succeeded' END, '{}',
    '{"type": "worker", "id": "bench", "role": "admin"}', bench_id('source' || n % ${historySources}),
    now() - n * interval '1 minute', now() - n * interval '1 minute', now()
  FROM generate_series(1, 50000) n`
