import { execFile, execFileSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PointTarget } from '@/lib/contracts/recovery/recoveries'
import { parseLsn } from '@/lib/core/log/lsn'
import { createRestorePoint } from '@/lib/services/recovery/create-restore-point'
import { endRecovery } from '@/lib/services/recovery/end-recovery'
import { getRecovery } from '@/lib/services/recovery/get-recovery'
import { getWindows } from '@/lib/services/recovery/get-windows'
import { queryRecovery } from '@/lib/services/recovery/query-recovery'
import { startRecovery } from '@/lib/services/recovery/start-recovery'
import { followedLog } from '../../helpers/followed-log'
import { startProduct, type Product } from '../../helpers/product'
import { makeRandom } from '../../helpers/random'
import { offerPostgres17 } from '../../helpers/servers/postgres-17'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { tempDir } from '../../helpers/temp'
import { waitFor } from '../../helpers/wait-for'

/** A commit as `pg_waldump` shows it, in the order of the log. */
interface Commit {
  xid: string
  /** Where its record begins. */
  lsn: bigint
  /** In microseconds. */
  at: bigint
}

const sliceMs = 4_000
const clients = 4
/** Points of each kind. */
const points = Number(process.env['HOLDFAST_TEST_POINTS'] ?? 1)

describe.each([15, 17] as const)('PostgreSQL %i under load', (major) => {
  let product: Product
  let server: TestPostgres
  let sourceId: string
  let log: ReturnType<typeof followedLog>
  const random = makeRandom(Number(process.env['HOLDFAST_TEST_SEED'] ?? randomInt(2 ** 31)))

  beforeAll(async () => {
    const env: Record<string, string> = major === 17 ? { HOLDFAST_PG_BIN: await offerPostgres17() } : {}
    server = await startPostgres({ major, settings: { wal_keep_size: '1GB' } })
    await server.sql('CREATE TABLE t (xid bigint PRIMARY KEY, filler text)')
    product = await startProduct()
    sourceId = await product.addSource(server.source())
    log = followedLog(product, sourceId)
    await product.addLocalDestination()
    await product.startWorker(env)
    await log.protect({ continuous: true, sliceMs })
    await waitFor('the first window', async () => (await windows()).windows.length > 0)
  }, 240_000)
  afterAll(async () => {
    await product?.close()
    await server?.close()
  })

  const windows = () => getWindows({ ctx: product.ctx, input: { sourceId } })

  /** The rows that are there at a point, by the transactions that made them. */
  async function rowsAt(target: PointTarget): Promise<string[]> {
    const { recoveryId, jobId } = await startRecovery({ ctx: product.ctx, input: { sourceId, use: 'look', target } })
    await waitFor(
      'the look to be open',
      async () => {
        const { state, error } = await getRecovery({ ctx: product.ctx, input: { id: recoveryId } })
        if (state === 'failed') throw new Error(JSON.stringify({ target, error }))
        return state === 'ready'
      },
      120_000,
    )
    const sql = "SELECT coalesce(string_agg(xid::text, ' ' ORDER BY xid), '') FROM t"
    const { rows, truncated } = await queryRecovery({ ctx: product.ctx, input: { id: recoveryId, sql } })
    expect(truncated).toBe(false)
    await endRecovery({ ctx: product.ctx, input: { id: recoveryId } })
    expect(await product.finished(jobId)).toMatchObject({ state: 'succeeded' })
    return (rows[0]?.[0] ?? '').split(' ').filter(Boolean)
  }

  it('is recovered to exactly the transactions up to random times, positions, transactions and names (fault 62)', async () => {
    await using folder = await tempDir('pgbench')
    const scripts = {
      commit: "\\sleep 1 ms\nINSERT INTO t VALUES (pg_current_xact_id()::text::bigint, repeat('x', 300));\n",
      nested:
        "BEGIN;\nINSERT INTO t VALUES (pg_current_xact_id()::text::bigint, 'x');\nSAVEPOINT s;\nDELETE FROM t;\nROLLBACK TO s;\nCOMMIT;\n",
      back: "BEGIN;\nINSERT INTO t VALUES (pg_current_xact_id()::text::bigint, 'x');\nROLLBACK;\n",
    }
    for (const [name, text] of Object.entries(scripts)) await writeFile(path.join(folder.path, name), text)
    const files = ['commit@8', 'nested@1', 'back@2'].flatMap((name) => ['-f', path.join(folder.path, name)])
    const bench = promisify(execFile)(path.join(server.bin, 'pgbench'), [
      ...[
        '-n',
        '-h',
        server.socketDir,
        '-p',
        String(server.port),
        '-U',
        'postgres',
        '-c',
        String(clients),
        '-t',
        '800',
      ],
      ...[...files, 'postgres'],
    ])
    const names: string[] = []
    const written = async () => Number((await server.sql('SELECT count(*)::int AS n FROM t'))[0]?.['n'])
    for (let nth = 1; nth <= points; nth += 1) {
      await waitFor('some rows', async () => (await written()) > nth * 300, 60_000)
      names.push(`random ${nth}`)
      await createRestorePoint({ ctx: product.ctx, input: { sourceId, name: `random ${nth}` } })
    }
    await bench
    const end = await log.stored(server)
    const commits = readCommits(server, (await windows()).windows[0]?.fromPosition ?? '', end)
    const rows = new Set((await server.sql('SELECT xid::text FROM t')).map(({ xid }) => String(xid)))
    const own = commits.filter(({ xid }) => rows.has(xid))
    expect(own).toHaveLength(rows.size)

    const upTo = (isPart: (commit: Commit) => boolean) => {
      const first = commits.findIndex((commit) => !isPart(commit))
      const part = first < 0 ? commits : commits.slice(0, first)
      return sorted(part.map(({ xid }) => xid).filter((xid) => rows.has(xid)))
    }
    for (let nth = 0; nth < points; nth += 1) {
      const time = new Date(Number(random.pick(own).at / 1000n))
      const micros = BigInt(time.getTime()) * 1000n
      // The server stops at the first commit that is later, whatever follows it in the log.
      expect(await rowsAt({ type: 'time', value: time.toISOString() })).toEqual(upTo(({ at }) => at <= micros))
      const { lsn } = random.pick(own)
      const value = `${(lsn >> 32n).toString(16)}/${(lsn & 0xffffffffn).toString(16)}`
      expect(await rowsAt({ type: 'lsn', value })).toEqual(upTo((commit) => commit.lsn < lsn))
      const { xid, lsn: of } = random.pick(own)
      expect(await rowsAt({ type: 'xid', value: xid })).toEqual(upTo((commit) => commit.lsn <= of))
      const name = names[nth] ?? ''
      const point = (await windows()).restorePoints.find((each) => each.name === name)
      const marked = parseLsn(point?.position ?? '')
      expect(await rowsAt({ type: 'name', value: name })).toEqual(upTo((commit) => commit.lsn < marked))
    }
    expect(await rowsAt({ type: 'latest' })).toEqual(sorted([...rows]))
  }, 480_000)

  it('loses less than its objective when the server and its disk are gone at once', async () => {
    const acknowledged = new Map<string, number>()
    let isRunning = true
    const load = Array.from({ length: clients }, async () => {
      const client = await server.connect('postgres')
      client.on('error', () => undefined)
      while (isRunning) {
        const { rows } = await client.query<{ xid: string }>(
          "INSERT INTO t VALUES (pg_current_xact_id()::text::bigint, 'x') RETURNING xid::text",
        )
        acknowledged.set(rows[0]?.xid ?? '', Date.now())
      }
    })
    const ended = Promise.allSettled(load)
    await waitFor('the load to outlast two slices', () => {
      const first = [...acknowledged.values()][0]
      return first !== undefined && Date.now() - first > sliceMs * 2.5 && random.below(10) === 0
    })
    const lostAt = Date.now()
    await server.stop('SIGKILL')
    isRunning = false
    await ended
    await rm(server.dataDir, { recursive: true, force: true })
    const kept = new Set(await rowsAt({ type: 'latest' }))
    const lost = [...acknowledged].filter(([xid, at]) => at <= lostAt && !kept.has(xid))
    expect(acknowledged.size).toBeGreaterThan(lost.length)
    // A commit that was acknowledged longer ago than the objective is stored.
    expect(lost.filter(([, at]) => lostAt - at > sliceMs)).toEqual([])
  }, 240_000)
})

const sorted = (xids: string[]) => xids.toSorted((a, b) => Number(a) - Number(b))

/** What the server's own program finds in its log. */
function readCommits(server: TestPostgres, from: string, to: string): Commit[] {
  const args = ['-p', path.join(server.dataDir, 'pg_wal'), '-s', from, '-e', to, '--rmgr=Transaction']
  const text = execFileSync(path.join(server.bin, 'pg_waldump'), args, {
    ...{ encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'ignore'] },
    env: { ...process.env, TZ: 'UTC' },
  })
  const line = /tx: +(\d+), lsn: ([0-9A-F/]+),.*desc: COMMIT (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))? UTC/g
  return [...text.matchAll(line)].map(([, xid = '', lsn = '', day = '', second = '', fraction = '']) => ({
    ...{ xid, lsn: parseLsn(lsn) },
    at: BigInt(Date.parse(`${day}T${second}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0')),
  }))
}
