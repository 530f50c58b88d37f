import { logical } from '@/lib/engines/postgres/logical/method'
import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { postgresOptionsSchema } from '@/lib/contracts/engines/postgres'
import { sandboxFolders } from '@/lib/sandbox/folders'
import { comparableDump, dumpDifferences } from './compare-dumps'
import { type PlainBackup, takeBackup } from './engine-backup'
import { startPostgres, type TestPostgres } from '../servers/postgres'
import { type RegressionDatabase, startRegressionDatabase } from './regression-database'
import { makeTestRun, nothing } from '../run-context'
import { tempDir } from '../temp'

/** Building the suite's database, once on a machine, takes about a minute. */
const buildMs = 600_000

/** What the suite leaves behind on a server of this version, from backup to equal rows. */
export function describeRegressionDatabase(major: 15 | 17): void {
  let pg: RegressionDatabase
  let elsewhere: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>
  let backup: PlainBackup
  let before: string[]

  beforeAll(async () => {
    dir = await tempDir('regression')
    ;[pg, elsewhere] = await Promise.all([
      startRegressionDatabase(major),
      startPostgres({ major, settings: { wal_level: 'logical' } }),
    ])
    // Small as it is, it is taken in several streams.
    const options = postgresOptionsSchema.parse({ parallelism: 3 })
    const source = { ...pg.source({ connection: { database: pg.database } }), options }
    backup = await takeBackup(logical, source, dir.path, makeTestRun())
    before = await comparableDump(pg, pg.database)
  }, buildMs)
  afterAll(async () => {
    await Promise.all([pg?.close(), elsewhere?.close()])
    await Promise.all(
      sandboxFolders(`${dir.path}/sandboxes`).map((folder) => rm(folder, { recursive: true, force: true })),
    )
    await dir?.remove()
  })

  it('is nearly all that its tests make: they passed', () => {
    expect(pg.suite.passed).toBeGreaterThan(200)
    expect(pg.suite.failed).toBeLessThanOrEqual(5)
    expect(before.length).toBeGreaterThan(400_000)
    expect(backup.manifest.parts.filter((part) => part.role === 'data')).toHaveLength(2)
  })

  it('passes the comprehensive restore test', { timeout: 300_000 }, async () => {
    const proof = await logical.prove(
      {
        manifest: backup.manifest,
        open: backup.open,
        level: 'comprehensive',
        sandbox: { root: `${dir.path}/sandboxes`, keepOut: nothing, libraries: [pg.libraries] },
      },
      makeTestRun(),
    )
    expect(proof.checks.filter((check) => check.verdict !== 'passed')).toEqual([])
    expect(proof.checks.map((check) => check.name)).toEqual(
      expect.arrayContaining(['object-inventory', 'row-counts', 'content-hashes', 'indexes-sound']),
    )
  })

  it('gives a second dump that equals the first after a restore elsewhere', { timeout: 300_000 }, async () => {
    await restoreRoles(elsewhere, backup.file('globals'))
    const target = { source: elsewhere.source(), database: 'restored', owners: 'keep' as const }
    await logical.restore(
      { manifest: backup.manifest, open: backup.open, check: () => Promise.resolve(), target, keepOut: nothing },
      makeTestRun(),
    )
    expect(dumpDifferences(before, await comparableDump(elsewhere, 'restored'))).toEqual({ lost: [], added: [] })
  })
}

/** The suite's roles are few; the one that is there already is the server's first. */
async function restoreRoles(pg: TestPostgres, file: string): Promise<void> {
  const address = ['--host', pg.socketDir, '--port', String(pg.port), '--username', 'postgres', '--no-psqlrc']
  await promisify(execFile)(path.join(pg.bin, 'psql'), [...address, '--quiet', '--file', file, 'postgres'])
}
