import { logical } from '@/lib/engines/postgres/logical/method'
import { execFile } from 'node:child_process'
import { homedir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comparableDump, dumpDifferences } from '@/test/helpers/databases/compare-dumps'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { digestOf } from '@/test/helpers/databases/postgres-content'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const run = promisify(execFile)
const script = path.resolve(import.meta.dirname, '../../../../scripts/testing/sample-databases.sh')
const bin = '/usr/lib/postgresql/15/bin'

describe('databases that public programs make by their own scripts', () => {
  let pg: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>
  let scripts: Map<string, string>

  const address = () => ['--host', pg.socketDir, '--port', String(pg.port), '--username', 'postgres']
  const fill: Record<string, (database: string) => Promise<unknown>> = {
    // Some 50 tables, 100 functions and 350 triggers.
    kea: (database) => inOneTransaction(database, scripts.get('kea') ?? ''),
    // Some 170 tables, with images as bytea.
    zabbix: (database) => inOneTransaction(database, scripts.get('zabbix') ?? ''),
    // Three tables of rows that are computed, one of them partitioned.
    pgbench: (database) =>
      run(`${bin}/pgbench`, [...address(), '-i', '-q', '--foreign-keys', '--partitions=3', '-s', '1', database]),
  }
  const inOneTransaction = (database: string, file: string) =>
    run(
      `${bin}/psql`,
      [...address(), '--no-psqlrc', '-q', '-o', '/dev/null', '-1', '-v', 'ON_ERROR_STOP=1', '-f', file, database],
      { maxBuffer: 1 << 28 },
    )

  beforeAll(async () => {
    dir = await tempDir('samples')
    const cache = process.env['HOLDFAST_TEST_CACHE'] || path.join(homedir(), '.cache/holdfast-test')
    const [server, { stdout }] = await Promise.all([startPostgres(), run('bash', [script, cache])])
    pg = server
    scripts = new Map([...stdout.matchAll(/^(\S+) (.+)$/gm)].map(([, name = '', file = '']) => [name, file]))
  }, 300_000)
  afterAll(async () => {
    await pg?.close()
    await dir?.remove()
  })

  it.each(Object.keys(fill))('%s: proven, and equal after a restore', { timeout: 300_000 }, async (name) => {
    await pg.sql(`CREATE DATABASE ${name} TEMPLATE template0`)
    await fill[name]?.(name)
    const original = await digestOf(pg, name)
    expect(Object.keys(original).length).toBeGreaterThan(3)

    const source = pg.source({ connection: { database: name } })
    const { manifest, open, check } = await takeBackup(logical, source, dir.path, makeTestRun())
    const sandbox = { root: path.join(dir.path, 'sandboxes'), keepOut: nothing }
    const proof = await logical.prove({ manifest, open, level: 'comprehensive', sandbox }, makeTestRun())
    expect(proof.checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([])

    const target = { source, database: `${name}_again`, owners: 'keep' as const }
    await logical.restore({ manifest, open, check, target, keepOut: nothing }, makeTestRun())
    expect(await digestOf(pg, target.database)).toEqual(original)
    const dumps = await Promise.all([comparableDump(pg, name), comparableDump(pg, target.database)])
    expect(dumpDifferences(...dumps)).toEqual({ lost: [], added: [] })
  })
})
