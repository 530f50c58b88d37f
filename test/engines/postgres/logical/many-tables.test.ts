import { logical } from '@/lib/engines/postgres/logical/method'
import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandboxFolders } from '@/lib/sandbox/folders'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const tables = 2_000
const objects = 3_000

describe('a database of thousands of tables and large objects', () => {
  let pg: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>

  beforeAll(async () => {
    dir = await tempDir('many')
    pg = await startPostgres({ settings: { max_locks_per_transaction: '2000' } })
    await pg.sql(`DO $$ BEGIN FOR i IN 1..${tables} LOOP
      EXECUTE format('CREATE TABLE %I (id int PRIMARY KEY, t text)', 't' || i);
      EXECUTE format('INSERT INTO %I SELECT g, g::text FROM generate_series(1, %s) g', 't' || i, i % 7);
    END LOOP; END $$; SELECT lo_from_bytea(0, int4send(g)) FROM generate_series(1, ${objects}) g`)
  })
  afterAll(async () => {
    await pg?.close()
    await Promise.all(sandboxFolders(dir.path).map((folder) => rm(folder, { recursive: true, force: true })))
    await dir?.remove()
  })

  it('is backed up and proven, every table counted', async () => {
    const backup = await takeBackup(logical, pg.source(), dir.path, makeTestRun())
    expect(backup.manifest.facts).toMatchObject({ tableCount: tables, largeObjectCount: objects })
    const proof = await logical.prove(
      {
        manifest: backup.manifest,
        open: backup.open,
        level: 'standard',
        sandbox: { root: dir.path, keepOut: nothing },
      },
      makeTestRun(),
    )
    expect(proof.checks.filter((check) => check.verdict !== 'passed')).toEqual([])
    expect(proof.evidence).toMatchObject({ tables, largeObjects: objects })
    expect(proof.checks.find((check) => check.name === 'row-counts')).toMatchObject({ detail: `${tables} tables` })
  }, 240_000)
})
