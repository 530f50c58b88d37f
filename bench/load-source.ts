import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { orderLine, Random, sentence } from './sample-rows'
import { runTool } from './run-tool'
import { startServer, type Server } from './server'
import type { BenchSettings } from './settings'

export const benchDatabase = 'bench'
/** Changes whenever what is loaded changes, so that old data is not taken for it. */
const contentVersion = 1
const smallTables = 500
const largeObjects = 64
const largeObjectBytes = 1024 * 1024
/** Measured: one unit of pgbench's scale is this much COPY text. */
const megabytesPerScale = 9.8
const pgbenchShare = 0.3

/** Where its data is. */
export const sourceFolder = (settings: BenchSettings) => path.join(settings.dataFolder, `source-${settings.megabytes}`)

/** The source's server, filled for the size asked for. Data of the same size from an earlier run is used again. */
export async function openSource(settings: BenchSettings): Promise<Server> {
  const folder = sourceFolder(settings)
  const marker = path.join(settings.dataFolder, `source-${settings.megabytes}.loaded`)
  const want = JSON.stringify({ contentVersion, megabytes: settings.megabytes })
  if (existsSync(marker) && readFileSync(marker, 'utf8') === want) return startServer(settings.pgBin, folder)
  rmSync(marker, { force: true })
  rmSync(folder, { recursive: true, force: true })
  const server = await startServer(settings.pgBin, folder, {
    synchronous_commit: 'off',
    maintenance_work_mem: '512MB',
    max_wal_size: '4GB',
  })
  try {
    await load(settings, server)
  } finally {
    await server.stop()
  }
  writeFileSync(marker, want)
  return startServer(settings.pgBin, folder)
}

async function load(settings: BenchSettings, server: Server): Promise<void> {
  await server.query(`CREATE DATABASE ${benchDatabase}`)
  const scale = Math.max(1, Math.round((settings.megabytes * pgbenchShare) / megabytesPerScale))
  await runTool(path.join(settings.pgBin, 'pgbench'), [
    ...['-h', '127.0.0.1', '-p', String(server.port), '-U', 'postgres'],
    ...['-i', '-q', '-I', 'dtGp', '-s', String(scale), benchDatabase],
  ])
  await server.query(
    `CREATE TABLE orders (id bigint NOT NULL, created_at timestamptz NOT NULL, state text NOT NULL, document jsonb NOT NULL,
       note text NOT NULL)`,
    benchDatabase,
  )
  const rest = settings.megabytes - scale * megabytesPerScale - (largeObjects * largeObjectBytes) / 1e6
  await copyIn(settings, server, 'orders', orderLines(Math.max(8, rest) * 1e6))
  await server.query('ALTER TABLE orders ADD PRIMARY KEY (id); CREATE INDEX ON orders (created_at)', benchDatabase)
  await server.query(smallTablesSql(), benchDatabase)
  await server.query(largeObjectsSql(), benchDatabase)
  await server.query('VACUUM (FREEZE, ANALYZE)', benchDatabase)
  await server.query('CHECKPOINT')
}

function* orderLines(bytes: number): Generator<Buffer> {
  const random = new Random(20_260_101)
  let block = ''
  for (let id = 1, written = 0; written < bytes; id += 1) {
    const line = orderLine(random, id)
    written += line.length
    block += line
    if (block.length < 256 * 1024) continue
    yield Buffer.from(block)
    block = ''
  }
  yield Buffer.from(block)
}

async function copyIn(settings: BenchSettings, server: Server, table: string, lines: Iterable<Buffer>): Promise<void> {
  const args = ['-X', '-q', '-h', '127.0.0.1', '-p', String(server.port), '-U', 'postgres', '-d', benchDatabase]
  const child = spawn(path.join(settings.pgBin, 'psql'), [...args, '-c', `COPY ${table} FROM STDIN`], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await pipeline(Readable.from(lines, { objectMode: true }), child.stdin)
  if ((await exited) !== 0) throw new Error(`psql could not load ${table}`)
}

/** A schema such as many small tables make it, each with a key, an index and a few rows. */
function smallTablesSql(): string {
  const random = new Random(5)
  return Array.from({ length: smallTables }, (_, index) => {
    const name = `small_${String(index).padStart(3, '0')}`
    return `CREATE TABLE ${name} (id int PRIMARY KEY, label text NOT NULL, at timestamptz NOT NULL DEFAULT '2026-01-01Z');
      CREATE INDEX ON ${name} (label);
      INSERT INTO ${name} (id, label) SELECT n, '${sentence(random, 4)} ' || n FROM generate_series(1, 100) n;`
  }).join('\n')
}

function largeObjectsSql(): string {
  // Half of it repeats, half does not: documents and pictures.
  return `SELECT setseed(0.5);
    SELECT lo_from_bytea(0, convert_to(repeat(md5(n::text), ${largeObjectBytes / 64}), 'UTF8') ||
      (SELECT string_agg(decode(md5(n || '-' || m), 'hex'), '') FROM generate_series(1, ${largeObjectBytes / 32}) m))
    FROM generate_series(1, ${largeObjects}) n`
}
