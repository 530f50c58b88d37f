import { logical } from '@/lib/engines/postgres/logical/method'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { comparableDump, dumpDifferences } from '@/test/helpers/databases/compare-dumps'
import { type PlainBackup, takeBackup } from '@/test/helpers/databases/engine-backup'
import { PlainTools } from '@/test/helpers/databases/plain-tools'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const settings = { shared_preload_libraries: 'pg_cron', 'cron.database_name': 'jobs' }

describe('pg_cron, which a server has in one database only', () => {
  let pg: TestPostgres
  let elsewhere: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>
  let backup: PlainBackup

  beforeAll(async () => {
    dir = await tempDir('bound')
    ;[pg, elsewhere] = await Promise.all([startPostgres({ settings }), startPostgres({ settings })])
    await pg.sql('CREATE DATABASE jobs')
    await pg.sql(
      `CREATE EXTENSION pg_cron; CREATE TABLE kept AS SELECT i FROM generate_series(1, 20) i;
       SELECT cron.schedule('yearly', '0 0 1 1 *', 'DELETE FROM kept');
       CREATE VIEW planned AS SELECT jobname, schedule FROM cron.job;
       GRANT USAGE ON SCHEMA cron TO pg_monitor; GRANT SELECT ON cron.job TO pg_monitor;
       CREATE FUNCTION quiet() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
       CREATE EVENT TRIGGER quiet ON sql_drop EXECUTE FUNCTION quiet();
       ALTER DATABASE jobs SET default_transaction_read_only = on`,
      'jobs',
    )
    backup = await takeBackup(logical, pg.source({ connection: { database: 'jobs' } }), dir.path, makeTestRun())
  })
  afterAll(async () => {
    await Promise.all([pg?.close(), elsewhere?.close()])
    await dir?.remove()
  })

  const restore = (server: TestPostgres, database: string) => {
    const { manifest, open, check } = backup
    const target = { source: server.source(), database, owners: 'keep' as const }
    return logical.restore({ manifest, open, check, target, keepOut: nothing }, makeTestRun())
  }
  const rowsOf = (server: TestPostgres, database: string) =>
    server.sql('SELECT count(*)::int AS rows, sum(i)::int AS sum FROM kept', database)

  it('is proven', async () => {
    const sandbox = { root: path.join(dir.path, 'sandboxes'), keepOut: nothing }
    const { manifest, open } = backup
    const proof = await logical.prove({ manifest, open, level: 'comprehensive', sandbox }, makeTestRun())
    expect(proof.checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
  })

  it('comes back equal, with its jobs, where it belongs to the new database', async () => {
    const { warnings } = await restore(elsewhere, 'jobs')
    expect(warnings).toEqual(['What pg_cron is scheduled to run runs from now on.'])
    const dumps = await Promise.all([comparableDump(pg, 'jobs'), comparableDump(elsewhere, 'jobs')])
    expect(dumpDifferences(...dumps)).toEqual({ lost: [], added: [] })
    const jobs = 'SELECT jobid, jobname, schedule, command, database, username, active FROM cron.job'
    expect(await elsewhere.sql(jobs, 'jobs')).toEqual(await pg.sql(jobs, 'jobs'))
    expect(await elsewhere.sql('SELECT * FROM planned', 'jobs')).toEqual([{ jobname: 'yearly', schedule: '0 0 1 1 *' }])
  })

  it('is left out by name, as the plain tools cannot make it, where it belongs to another database', async () => {
    const { warnings } = await restore(pg, 'copy')
    expect(warnings).toEqual([
      'Left out, because the target server has it in the database jobs only: EXTENSION pg_cron, VIEW planned.',
    ])
    expect(await rowsOf(pg, 'copy')).toEqual(await rowsOf(pg, 'jobs'))
    await pg.sql('CREATE DATABASE plain TEMPLATE template0')
    const complaints = await new PlainTools(pg).restoreInto('plain', backup.file('archive'))
    expect(complaints).toMatch(/can only create extension in database jobs/)
  })

  it('is left out by name where the server does not load it', async () => {
    const without = await startPostgres()
    try {
      const { warnings } = await restore(without, 'jobs')
      expect(warnings).toEqual([
        'Left out, because the target server does not load it at its start: EXTENSION pg_cron, VIEW planned.',
      ])
      expect(await rowsOf(without, 'jobs')).toEqual(await rowsOf(pg, 'jobs'))
    } finally {
      await without.close()
    }
  })
})
