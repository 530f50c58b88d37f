import { logical } from '@/lib/engines/postgres/logical/method'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { dumpDifferences, comparableDump } from '../../../helpers/databases/compare-dumps'
import { takeBackup } from '../../../helpers/databases/engine-backup'
import { startPostgres, type TestPostgres } from '../../../helpers/servers/postgres'
import { makeTestRun, nothing } from '../../../helpers/run-context'
import { tempDir } from '../../../helpers/temp'

const numbers = Array.from({ length: 25 }, (_, number) => number)

let pg: TestPostgres
let dir: Awaited<ReturnType<typeof tempDir>>
beforeAll(async () => {
  ;[pg, dir] = await Promise.all([startPostgres(), tempDir('steps')])
  await pg.sql('CREATE DATABASE shop')
  const tables = numbers.map(
    (number) => `
      CREATE TABLE t${number} (a int NOT NULL, b int NOT NULL);
      INSERT INTO t${number} SELECT i, 20000 - i FROM generate_series(1, 20000) i;
      CREATE INDEX clustered${number} ON t${number} (b); ALTER TABLE t${number} CLUSTER ON clustered${number};
      CREATE UNIQUE INDEX identity${number} ON t${number} (a);
      ALTER TABLE t${number} REPLICA IDENTITY USING INDEX identity${number}`,
  )
  await pg.sql(tables.join(';'), 'shop')
  await pg.sql(
    `CREATE TABLE parted (a int NOT NULL, b int) PARTITION BY RANGE (a);
     CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (9); INSERT INTO parted VALUES (1, 2);
     CREATE UNIQUE INDEX whole ON parted (a); ALTER TABLE part REPLICA IDENTITY USING INDEX part_a_idx;
     ALTER TABLE part CLUSTER ON part_a_idx; COMMENT ON INDEX part_a_idx IS 'one of two'`,
    'shop',
  )
})
afterAll(async () => {
  await pg?.close()
  await dir?.remove()
})

it('indexes that each want their table for themselves are made without a deadlock', async () => {
  const backup = await takeBackup(logical, pg.source({ connection: { database: 'shop' } }), dir.path, makeTestRun())
  const { manifest, open, check } = backup
  const target = { source: pg.source(), database: 'again', owners: 'keep' as const }
  const { warnings } = await logical.restore({ manifest, open, check, target, keepOut: nothing }, makeTestRun())
  expect(warnings).toEqual([])
  expect(dumpDifferences(await comparableDump(pg, 'shop'), await comparableDump(pg, 'again'))).toEqual({
    lost: [],
    added: [],
  })
})
