import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RowsHash } from '@/lib/engines/postgres/logical/archive/rows-hash'
import type { TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'
import { withConnection } from '@/lib/engines/postgres/connect/connect'
import { compareLargeObjects, compareMaterializedViews } from '@/lib/engines/postgres/logical/prove/count-rows'
import { compareContent } from '@/lib/engines/postgres/logical/prove/compare-content'
import { checkConstraints, checkIndexes } from '@/lib/engines/postgres/logical/prove/deep-checks'
import { dumpSandbox } from '@/lib/engines/postgres/logical/prove/dump-sandbox'
import { findClient } from '@/lib/engines/postgres/connect/find-client'
import { compareInventory, Inventory } from '@/lib/engines/postgres/logical/prove/inventory'
import { sandboxFolders } from '@/lib/sandbox/folders'
import { type SandboxServer, startSandbox } from '@/lib/engines/postgres/sandbox/start'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const signal = AbortSignal.timeout(120_000)

describe('the checks of a restore test find what is wrong', () => {
  let sandbox: SandboxServer
  let dir: Awaited<ReturnType<typeof tempDir>>

  beforeAll(async () => {
    dir = await tempDir('checks')
    const plan = { root: dir.path, serverMajor: 15, needBytes: 0, relationCount: 0, keepOut: nothing }
    sandbox = await startSandbox(plan, makeTestRun())
    await sql(`CREATE TABLE item (id int PRIMARY KEY, name text); INSERT INTO item VALUES (1, 'one'), (2, 'two');
      CREATE FUNCTION sign(i int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT i';
      CREATE INDEX by_sign ON item (sign(id));
      CREATE MATERIALIZED VIEW filled AS SELECT 1 AS one;
      SELECT lo_from_bytea(7, 'seven')`)
  })
  afterAll(async () => {
    await sandbox?.stop()
    await Promise.all(sandboxFolders(dir.path).map((folder) => rm(folder, { recursive: true, force: true })))
    await dir?.remove()
  })

  const sql = (text: string) => withConnection(sandbox.source, signal, (client) => client.query(text))
  const entry = (type: string, name: string): TocEntry => ({
    dumpId: 1,
    hasData: false,
    type,
    schema: 'public',
    name,
    owner: 'anyone',
    copyStatement: '',
    section: 'pre-data',
    tablespace: '',
    dependencies: [],
    definition: '',
  })

  it('an object that is missing, and one that is too many', async () => {
    const expected = new Inventory()
    const actual = new Inventory()
    const client = await findClient(15, '15')
    const onEntry = (found: TocEntry) => {
      actual.add(found)
      if (found.name !== 'by_sign') expected.add(found)
    }
    await dumpSandbox(sandbox, 'postgres', client, ['--schema-only'], { onEntry }, makeTestRun())
    expected.add(entry('VIEW', 'lost'))
    expected.add(entry('TABLE DATA', 'not an object'))
    expect(compareInventory(expected, actual)).toEqual({
      missing: ['VIEW public lost'],
      extra: ['INDEX public by_sign'],
    })
    expect(actual.byType()).toMatchObject({ TABLE: 1, INDEX: 1, 'MATERIALIZED VIEW': 1 })
  })

  it('a row of the same length with other content', async () => {
    const client = await findClient(15, '15')
    const table = {
      schema: 'public',
      name: 'item',
      copyStatement: 'COPY public.item (id, name) FROM stdin;\n',
      rows: 2,
    }
    const text = (rows: string) => {
      const hash = new RowsHash()
      hash.update(Buffer.from(rows + '\\.\n\n\n'))
      return hash.digest()
    }
    const compare = (rows: string) =>
      compareContent(
        { sandbox, database: 'postgres', client, tables: [{ ...table, rowsHash: text(rows) }] },
        makeTestRun(),
      )
    expect(await compare('1\tone\n2\ttwo\n')).toMatchObject({ verdict: 'passed', expected: 1, actual: 1 })
    expect(await compare('1\tone\n2\ttow\n')).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('"public"."item": the hash of its rows is'),
    })
  })

  it('an index that lacks rows of its table', async () => {
    const check = () => withConnection(sandbox.source, signal, (client) => checkIndexes(client, 15, signal))
    expect(await check()).toMatchObject({ verdict: 'passed' })
    // Now amcheck is there, as in a database that uses it.
    expect(await check()).toMatchObject({ verdict: 'passed' })
    await sql('DROP EXTENSION amcheck')
    expect(await check()).toMatchObject({ verdict: 'passed' })
    await sql('DROP EXTENSION amcheck; CREATE SCHEMA "A b"; CREATE EXTENSION amcheck SCHEMA "A b"')
    await sql(`CREATE OR REPLACE FUNCTION sign(i int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT -i'`)
    expect(await check()).toMatchObject({ verdict: 'failed', detail: expect.stringContaining('by_sign') })
  })

  it('constraints, large objects and materialized views that are not as they were', async () => {
    await withConnection(sandbox.source, signal, async (client) => {
      expect(await compareLargeObjects(client, 1)).toMatchObject({ verdict: 'passed' })
      expect(await compareLargeObjects(client, 2)).toMatchObject({ verdict: 'failed', expected: 2, actual: 1 })
      expect(await compareMaterializedViews(client, ['"public"."filled"'], [])).toMatchObject({ verdict: 'passed' })
      await client.query('REFRESH MATERIALIZED VIEW filled WITH NO DATA')
      expect(await compareMaterializedViews(client, ['"public"."filled"'], [])).toMatchObject({ verdict: 'failed' })
      expect(await checkConstraints(client, 0)).toMatchObject({ verdict: 'passed' })
      await client.query('ALTER TABLE item ADD CHECK (id > 0) NOT VALID')
      expect(await checkConstraints(client, 0)).toMatchObject({ verdict: 'failed', actual: 1 })
      expect(await checkConstraints(client, undefined)).toMatchObject({ verdict: 'inconclusive' })
    })
  })
})
