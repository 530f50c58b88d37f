import { execFileSync } from 'node:child_process'
import { chmodSync, createReadStream, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { formatLsn, type Lsn, parseLsn } from '@/lib/core/log/lsn'
import { parseTimelineHistory } from '@/lib/core/log/timeline-history'
import { walFileOf } from '@/lib/core/log/wal-name'
import { planRecovery, type RecoveryPlan, type RecoveryTarget } from '@/lib/core/recovery/plan-recovery'
import type { RecoveryBase, StoredLog, StoredRange } from '@/lib/core/recovery/stored-log'
import { withConnection } from '@/lib/engines/postgres/connect/connect'
import { recover, type RecoveredServer } from '@/lib/engines/postgres/recovery/recover'
import type { LogReader } from '@/lib/ports/log-reader'
import type { RunContext } from '@/lib/ports/run-context'
import { openSandbox, type Sandbox } from '@/lib/sandbox/open-sandbox'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { tempDir } from '@/test/helpers/temp'
import { waitFor } from '@/test/helpers/wait-for'

/** One transaction: a row of its own, and what the server said of its commit. */
export interface Commit {
  id: number
  timeline: string
  xid: string
  /** At or after the end of its record, and before the next commit's. */
  after: Lsn
  /** In microseconds. */
  at: bigint
}

type Sql = (text: string) => Promise<Record<string, unknown>[]>

export interface Lab {
  primary: TestPostgres
  archive: string
  segmentBytes: number
  commits: Commit[]
  bases: RecoveryBase[]
  /** What the lab's archive settings are, for another server that writes to it. */
  settings: Record<string, string>
  /** Transactions of one row each, and some more log with each. */
  commit(count: number, on?: { sql: Sql; timeline: string }): Promise<void>
  base(): Promise<RecoveryBase>
  /** The place that the server has written to, with everything up to it in the archive. */
  archived(on?: { sql: Sql; timeline: string }): Promise<StoredRange>
  reader(change?: (name: string, run: RunContext) => ReturnType<LogReader['fetch']> | null): LogReader
  close(): Promise<void>
}

const segmentMbOf = (given?: number) => given ?? 16

export async function openLab(options: { major: 15 | 17; segmentMb?: number; initdb?: string[] }): Promise<Lab> {
  const dir = await tempDir('recovery')
  chmodSync(dir.path, 0o755)
  const archive = join(dir.path, 'archive')
  const bases = join(dir.path, 'bases')
  for (const folder of [archive, bases]) {
    mkdirSync(folder)
    chmodSync(folder, 0o777)
  }
  const settings = {
    archive_mode: 'on',
    // The same again is success: a promoted standby archives what it received.
    archive_command: `if test -f ${archive}/%f; then cmp -s %p ${archive}/%f; else cp %p ${archive}/.%f && mv ${archive}/.%f ${archive}/%f; fi`,
    track_commit_timestamp: 'on',
    autovacuum: 'off',
    // Recovery insists on as many, which the settings of an ordinary sandbox are not.
    max_connections: '150',
  }
  const primary = await startPostgres({ ...options, settings })
  await primary.sql('CREATE TABLE acts (id int PRIMARY KEY); CREATE ROLE reader LOGIN')
  const segmentBytes = segmentMbOf(options.segmentMb) * 2 ** 20
  const own = { sql: (text: string) => primary.sql(text), timeline: '00000001' }
  const value = async (sql: Sql, expression: string) => String((await sql(`SELECT (${expression})::text AS v`))[0]?.v)
  const written = async (sql: Sql) => parseLsn(await value(sql, 'pg_current_wal_insert_lsn()'))
  let began: Lsn | null = null

  const lab: Lab = {
    ...{ primary, archive, segmentBytes, settings },
    commits: [],
    bases: [],
    async commit(count, { sql, timeline } = own) {
      for (let number = 0; number < count; number += 1) {
        const id = lab.commits.length + 1
        const [row] = await sql(`WITH act AS (INSERT INTO acts VALUES (${id}) RETURNING 1)
          SELECT pg_current_xact_id()::text AS xid, pg_logical_emit_message(false, 'lab', repeat('x', 300000)) FROM act`)
        const xid = String(row?.xid)
        const after = await written(sql)
        const micros = `(extract(epoch FROM pg_xact_commit_timestamp('${xid}'::xid)) * 1000000)::bigint`
        lab.commits.push({ id, timeline, xid, after, at: BigInt(await value(sql, micros)) })
      }
    },
    async base() {
      const backupId = `base-${lab.bases.length + 1}`
      const args = ['-h', primary.socketDir, '-p', String(primary.port), '-U', 'postgres', '-D', join(bases, backupId)]
      execFileSync(join(primary.bin, 'pg_basebackup'), [...args, '-X', 'none', '-c', 'fast', '--no-sync'], {
        stdio: 'pipe',
      })
      const endedAt = new Date(Number(await value(own.sql, 'ceil(extract(epoch FROM clock_timestamp()) * 1000)')))
      const label = readFileSync(join(bases, backupId, 'backup_label'), 'utf8')
      const startText = /START WAL LOCATION: (\S+)/.exec(label)?.[1] ?? ''
      const stopText = await waitFor('the history of the base backup', () => {
        const files = readdirSync(archive).filter((name) => /^[0-9A-F]{24}\.[0-9A-F]{8}\.backup$/.test(name))
        const text = files
          .map((name) => readFileSync(join(archive, name), 'utf8'))
          .find((each) => each.includes(startText))
        return text && /STOP WAL LOCATION: (\S+)/.exec(text)?.[1]
      })
      const base = { backupId, timeline: '00000001', start: parseLsn(startText), end: parseLsn(stopText), endedAt }
      lab.bases.push(base)
      began ??= base.start
      return base
    },
    async archived({ sql, timeline } = own) {
      const clock = await value(sql, 'floor(extract(epoch FROM clock_timestamp()) * 1000)')
      const to = await written(sql)
      const file = await value(sql, 'pg_walfile_name(pg_switch_wal())')
      await waitFor(`${file} in the archive`, () => existsSync(join(archive, file)))
      const newest = lab.commits.filter((each) => each.timeline === timeline).at(-1)
      return {
        timeline,
        from: ((began ?? 0n) / BigInt(segmentBytes)) * BigInt(segmentBytes),
        to,
        lastCommitAt: newest ? new Date(Number((newest.at + 999n) / 1000n)) : null,
        coveredUntil: new Date(Number(clock)),
        endsBecause: null,
      }
    },
    reader: (change = () => null) => ({
      fetch: (name, run) => {
        const changed = change(name, run)
        if (changed) return changed
        const path = join(archive, name)
        return Promise.resolve(walFileOf(name) && existsSync(path) ? createReadStream(path) : null)
      },
    }),
    async close() {
      await primary.close()
      await dir.remove()
    },
  }
  return lab
}

export function historiesIn(lab: Lab): StoredLog['histories'] {
  return readdirSync(lab.archive)
    .filter((name) => /^[0-9A-F]{8}\.history$/.test(name))
    .map((name) => parseTimelineHistory(name.slice(0, 8), readFileSync(join(lab.archive, name), 'utf8')))
}

export function planIn(log: StoredLog, target: RecoveryTarget & { timeline?: string }): RecoveryPlan {
  const planned = planRecovery({ ...log, target })
  if ('plan' in planned) return planned.plan
  throw new Error(`refused: ${planned.refused.reason}`)
}

export interface Recovered extends RecoveredServer {
  ids: number[]
  data: string
  ask(sql: string): Promise<Record<string, unknown>[]>
}

/** Recovers in a sandbox of its own, and gives what `look` makes of it, or of its failure, while the sandbox is there. */
export async function recovering<T>(
  lab: Lab,
  order: {
    plan: RecoveryPlan
    log?: LogReader
    use?: 'promote' | 'look'
    patienceMs?: number
    preload?: string[]
    prepare?: (data: string) => void
    user?: string
    /** The run is aborted when it resolves. */
    stopWhen?: Promise<unknown>
  },
  look: (recovered: Recovered | null, error: unknown, sandbox: Sandbox, data: string) => Promise<T>,
): Promise<T> {
  const run = makeTestRun()
  await using root = await tempDir('recovered')
  chmodSync(root.path, 0o755)
  const { bin, dataDir } = lab.primary
  const major = Number.parseInt(readFileSync(join(dataDir, 'PG_VERSION'), 'utf8'), 10)
  const sandbox = await openSandbox({ root: root.path, keepOut: nothing, needBytes: 0, programs: [bin] }, run)
  try {
    const data = join(sandbox.data, 'pg')
    await cp(join(lab.archive, '..', 'bases', order.plan.base.backupId), data, { recursive: true })
    order.prepare?.(data)
    const control = execFileSync(join(bin, 'pg_controldata'), ['-D', data], { encoding: 'utf8' })
    const facts = {
      serverMajor: major,
      identity: /Database system identifier: +(\d+)/.exec(control)?.[1] ?? '',
      segmentBytes: lab.segmentBytes,
      settings: {},
      preload: order.preload ?? [],
      user: order.user ?? 'reader',
    }
    const server = { folder: bin, version: String(major), major }
    const { plan, use = 'promote', log = lab.reader(), patienceMs } = order
    const given = {
      sandbox,
      server,
      folder: sandbox.data,
      data,
      log,
      plan,
      facts,
      use,
      ...(patienceMs === undefined ? {} : { patienceMs }),
    }
    void order.stopWhen?.then(() => run.abort(new Error('stopped by the test')))
    const result = await recover(given, run).then(
      (recovered) => ({ recovered }),
      (error: unknown) => ({ error }),
    )
    if ('error' in result) return await look(null, result.error, sandbox, data)
    const ask = (sql: string) =>
      withConnection(result.recovered.source, run.signal, async (client) => {
        const { rows } = await client.query<Record<string, unknown>>(sql)
        return rows
      })
    const ids = (await ask('SELECT id FROM acts ORDER BY id')).map(({ id }) => Number(id))
    return await look({ ...result.recovered, ids, data, ask }, null, sandbox, data)
  } finally {
    await sandbox.stop()
  }
}

/** The rows of a recovery that has to succeed. */
export const recoveredIds = (lab: Lab, plan: RecoveryPlan): Promise<{ ids: number[]; reached: string }> =>
  recovering(lab, { plan }, (recovered, error) => {
    if (!recovered) throw error
    const { position, timeline } = recovered.reached
    return Promise.resolve({ ids: recovered.ids, reached: `${timeline} ${formatLsn(position)}` })
  })
