import { toolPriority } from '@/lib/core/tool-priority'
import type { Client } from 'pg'
import { join } from 'node:path'
import type { DumpSample } from '@/lib/ports/backup-method'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { RunContext } from '@/lib/ports/run-context'
import { runCommand } from '@/lib/process/run-command'
import { classifyQueryError } from '@/lib/engines/postgres/classify-error'
import { withConnection } from '@/lib/engines/postgres/connect/connect'
import { dumpError } from './dump-error'
import { type Installation, findClient } from '@/lib/engines/postgres/connect/find-client'
import { quoteQualified } from '@/lib/engines/postgres/connect/quote'
import { readIdentity } from '@/lib/engines/postgres/connect/server-facts'
import { type Settings, settingsToDump } from '@/lib/engines/postgres/connect/session-settings'
import { type ToolEnv, openToolEnv } from '@/lib/engines/postgres/connect/tool-env'

const tablesAtMost = 8
const pieceBytes = 1024 * 1024
/** A sample is worth no wait: a table that somebody has locked is left out. */
const lockWaitMs = 1_000
/** Reading for a shorter time than this says nothing of how fast the source is. */
const tellingMs = 30

interface Candidate {
  schema: string
  name: string
  bytes: number
}

interface TableSample {
  label: string
  data: Buffer
  readingMs: number
}

/**
 * The beginnings of the largest tables, each by a pg_dump of its own that is ended when it has given its share: the very
 * bytes a backup compresses. See lib/ports/engine.ts.
 */
export async function sample(
  source: SourceSpec,
  input: { bytes: number; timeLimitMs: number },
  run: RunContext,
): Promise<DumpSample> {
  const limit = AbortSignal.timeout(input.timeLimitMs)
  const { tables, client, settings } = await look(source, run)
  const env = await openToolEnv(source, { settings })
  const samples: TableSample[] = []
  let firstError: unknown
  try {
    for (const { table, bytes } of shares(tables, input.bytes)) {
      if (limit.aborted) break
      try {
        samples.push(await readBeginning({ source, table, bytes, client, env, limit }, run))
      } catch (error) {
        run.signal.throwIfAborted()
        firstError ??= error
      }
    }
  } finally {
    await env.close()
  }
  const read = samples.filter(({ data }) => data.length > 0)
  if (read.length === 0 && firstError !== undefined) throw firstError
  return mix(read)
}

async function look(
  source: SourceSpec,
  run: RunContext,
): Promise<{ tables: Candidate[]; client: Installation; settings: Settings }> {
  try {
    return await withConnection(source, run.signal, async (connection) => {
      const identity = await readIdentity(connection)
      return {
        client: await findClient(identity.major, identity.version),
        tables: await largestTables(connection),
        settings: await settingsToDump(connection),
      }
    })
  } catch (error) {
    run.signal.throwIfAborted()
    throw classifyQueryError(error)
  }
}

/** By estimates, for to ask for true sizes would wait for the session that has locked a table. A fresh table has only its rows. */
async function largestTables(connection: Client): Promise<Candidate[]> {
  const { rows } = await connection.query<Candidate>(
    `SELECT n.nspname::text AS schema, c.relname::text AS name,
            greatest((c.relpages + coalesce(t.relpages, 0))::float8 * current_setting('block_size')::int,
                     coalesce(s.n_live_tup, 0)::float8 * 64, 1) AS bytes
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
       LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
      WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND NOT EXISTS (SELECT FROM pg_depend d
                         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        AND has_table_privilege(c.oid, 'SELECT')
      ORDER BY 3 DESC, 1, 2 LIMIT $1`,
    [tablesAtMost],
  )
  return rows
}

/** A table's part of the sample follows its size, with at least a piece for each. */
function shares(tables: Candidate[], totalBytes: number): { table: Candidate; bytes: number }[] {
  const all = tables.reduce((sum, { bytes }) => sum + bytes, 0)
  return tables.map((table) => ({
    table,
    bytes: Math.max(pieceBytes, Math.ceil((table.bytes / all) * totalBytes)),
  }))
}

interface Reading {
  source: SourceSpec
  table: Candidate
  bytes: number
  client: Installation
  env: ToolEnv
  limit: AbortSignal
}

async function readBeginning(reading: Reading, run: RunContext): Promise<TableSample> {
  const { table, source, client, env, limit } = reading
  const data = Buffer.allocUnsafeSlow(reading.bytes)
  let filled = 0
  let firstAt = 0
  let lastAt = 0
  const ascii = /^[\u0020-\u007e]*$/.test(table.schema + table.name)
  const command = runCommand(
    {
      file: join(client.folder, 'pg_dump'),
      args: [
        '--format=custom',
        '--compress=0',
        '--data-only',
        '--no-password',
        `--lock-wait-timeout=${lockWaitMs}`,
        `--table=${quoteQualified(table.schema, table.name)}`,
        // Names are compared in the encoding of the connection, which is the database's otherwise.
        ...(ascii ? [] : ['--encoding=UTF8']),
      ],
      env: env.env,
      secrets: env.secrets,
      priority: toolPriority(source.options),
    },
    { ...run, signal: AbortSignal.any([run.signal, limit]) },
  )
  try {
    for await (const chunk of command.stdout) {
      if (!Buffer.isBuffer(chunk)) continue
      lastAt = performance.now()
      firstAt ||= lastAt
      filled += chunk.copy(data, filled)
      if (filled === data.length) break
    }
    if (filled < data.length) await command.exited
  } catch (error) {
    run.signal.throwIfAborted()
    // What came before the time was up is as good a sample.
    if (!limit.aborted) throw dumpError(error, 'pg_dump')
  } finally {
    await command.terminate()
  }
  return { label: `${table.schema}.${table.name}`, data: data.subarray(0, filled), readingMs: lastAt - firstAt }
}

/** Takes the next piece always of the table that is least advanced. */
function mix(samples: TableSample[]): DumpSample {
  const open = samples.map(({ data }) => ({ data, taken: 0 }))
  const pieces: Buffer[] = []
  for (;;) {
    const next = open
      .filter(({ data, taken }) => taken < data.length)
      .reduce<(typeof open)[number] | null>(
        (least, one) => (least && least.taken / least.data.length <= one.taken / one.data.length ? least : one),
        null,
      )
    if (!next) break
    const piece = next.data.subarray(next.taken, next.taken + pieceBytes)
    next.taken += piece.length
    pieces.push(piece)
  }
  const bytes = samples.reduce((sum, { data }) => sum + data.length, 0)
  const readingMs = samples.reduce((sum, one) => sum + one.readingMs, 0)
  return {
    pieces,
    bytes,
    tables: samples.map(({ label }) => label),
    bytesPerSecond: readingMs >= tellingMs ? Math.round((bytes / readingMs) * 1_000) : null,
  }
}
