import { execFile } from 'node:child_process'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { startPostgres, type TestPostgres } from '../servers/postgres'
import { waitFor } from '../wait-for'

const run = promisify(execFile)

export interface MixedWal {
  /** Folder with the segments. */
  folder: string
  segmentBytes: number
  bin: string
  /** Names of whole segments that follow each other, for each timeline. */
  timelines: string[][]
  systemIdentifier: bigint
  close(): Promise<void>
}

/** The log of a real server that has written records of every kind, has crashed within one, and went on in a second timeline. */
export async function writeMixedWal(major: 15 | 17, segmentMb: number): Promise<MixedWal> {
  const pg = await startPostgres({
    major,
    segmentMb,
    settings: {
      wal_level: 'logical',
      max_prepared_transactions: '10',
      max_wal_size: '4GB',
      min_wal_size: `${Math.max(80, segmentMb * 2)}MB`,
      wal_keep_size: '4GB',
      // Nothing is written by itself between two statements.
      autovacuum: 'off',
    },
  })
  const segmentBytes = segmentMb * 2 ** 20
  const folder = path.join(pg.dataDir, 'pg_wal')
  try {
    const [identity] = await pg.sql('SELECT system_identifier::text AS id FROM pg_control_system()')
    await load(pg)
    await pg.stop()
    await pg.start()
    await tearRecord(pg, folder, segmentBytes)
    await load(pg)
    const first = await wholeSegments(pg, folder)
    await promote(pg)
    await load(pg)
    const second = (await wholeSegments(pg, folder)).filter((name) => name.startsWith('00000002'))
    return {
      folder,
      segmentBytes,
      bin: pg.bin,
      timelines: [first, second],
      systemIdentifier: BigInt(String(identity?.id)),
      close: () => pg.close(),
    }
  } catch (error) {
    await pg.close()
    throw error
  }
}

async function load(pg: TestPostgres): Promise<void> {
  await pg.sql(`
    CREATE TABLE IF NOT EXISTS big (id serial, note text);
    CREATE TABLE IF NOT EXISTS line (n int PRIMARY KEY, note text DEFAULT 'a short row');
    CREATE OR REPLACE FUNCTION noise(bytes int) RETURNS text LANGUAGE sql VOLATILE AS
      'SELECT string_agg(md5(random()::text), '''') FROM generate_series(1, bytes / 32)';`)
  await pg.sql('INSERT INTO big (note) SELECT noise(400000) FROM generate_series(1, 4)')
  await pg.sql("TRUNCATE line; COPY line (n) FROM PROGRAM 'seq 1 60000'")
  await pg.sql('UPDATE line SET note = note || n WHERE n % 7 = 0')
  await pg.sql('SELECT pg_create_restore_point($$before the rest$$)')
  // Subtransactions that are kept, and some that are rolled back.
  await pg.sql(`DO $$ BEGIN
    FOR i IN 1..400 LOOP
      BEGIN
        INSERT INTO big (note) VALUES ('sub ' || i);
        IF i % 5 = 0 THEN RAISE EXCEPTION 'rolled back'; END IF;
      EXCEPTION WHEN raise_exception THEN NULL;
      END;
    END LOOP; END $$`)
  await Promise.all([1, 2, 3].map(() => concurrent(pg)))
  await prepared(pg)
  await pg.sql("SELECT pg_logical_emit_message(false, 'plain', repeat('m', 2500000))")
  await pg.sql("SELECT pg_logical_emit_message(true, 'in a transaction', repeat('t', 300000))")
  await ofAnOrigin(pg)
  await pg.sql('CREATE TABLE gone AS SELECT generate_series(1, 2000) AS n; CREATE INDEX ON gone (n)')
  await pg.sql('VACUUM FULL gone')
  await pg.sql('BEGIN; DROP TABLE gone; CREATE TABLE never (n int); ROLLBACK')
  await pg.sql('DROP TABLE gone; CHECKPOINT')
  await pg.sql("SELECT pg_create_restore_point('nämlich: ' || repeat('x', 50)); SELECT pg_switch_wal()")
  await pg.sql('INSERT INTO big (note) VALUES (noise(100000))')
}

async function concurrent(pg: TestPostgres): Promise<void> {
  const client = await pg.connect()
  for (let round = 0; round < 60; round += 1) {
    await client.query(`BEGIN; INSERT INTO big (note) VALUES (noise(${500 * (round % 9)}))`)
    await client.query(round % 4 === 0 ? 'ROLLBACK' : 'COMMIT')
  }
  await client.end()
}

/** What stands before the number of a prepared transaction in the record of its end: lists of every kind. */
async function prepared(pg: TestPostgres): Promise<void> {
  const savepoints = Array.from({ length: 90 }, (_, n) => `SAVEPOINT s${n}; INSERT INTO big (note) VALUES ('p');`)
  for (const end of ['COMMIT', 'ROLLBACK']) {
    await pg.sql('CREATE TABLE IF NOT EXISTS dropped (n int PRIMARY KEY, t text); INSERT INTO dropped VALUES (1)')
    await pg.sql("BEGIN; INSERT INTO big (note) VALUES ('p'); PREPARE TRANSACTION 'plain'")
    await pg.sql(`BEGIN; DROP TABLE dropped; CREATE TABLE made_${end} (n int, t text); ${savepoints.join(' ')}
      PREPARE TRANSACTION 'of everything'`)
    await pg.sql(`${end} PREPARED 'plain'`)
    await pg.sql(`${end} PREPARED 'of everything'`)
  }
  await pg.sql('DROP TABLE made_COMMIT, dropped')
}

async function ofAnOrigin(pg: TestPostgres): Promise<void> {
  const client = await pg.connect()
  await client.query(
    `SELECT pg_replication_origin_create('elsewhere')
      WHERE NOT EXISTS (SELECT FROM pg_replication_origin WHERE roname = 'elsewhere')`,
  )
  await client.query("SELECT pg_replication_origin_session_setup('elsewhere')")
  await client.query(`BEGIN; SELECT pg_replication_origin_xact_setup('AB/CD', now());
    INSERT INTO big (note) VALUES ('from elsewhere'); COMMIT`)
  await client.query("BEGIN; INSERT INTO big (note) VALUES ('not kept'); ROLLBACK")
  await client.end()
}

/** As PostgreSQL's own test does it: the server crashes, and of a record that spans segments only the first part is there. */
async function tearRecord(pg: TestPostgres, folder: string, segmentBytes: number): Promise<void> {
  const [row] = await pg.sql('SELECT pg_walfile_name(pg_current_wal_insert_lsn()) AS name')
  const torn = String(row?.name)
  await pg.sql(`SELECT pg_logical_emit_message(false, 'torn', repeat('z', ${segmentBytes}));
    INSERT INTO big (note) VALUES ('lost with it')`)
  await pg.stop('SIGKILL')
  for (const name of readdirSync(folder))
    if (/^[0-9A-F]{24}$/.test(name) && name > torn) rmSync(path.join(folder, name))
  await pg.start()
}

async function promote(pg: TestPostgres): Promise<void> {
  await pg.stop()
  writeFileSync(path.join(pg.dataDir, 'standby.signal'), '')
  await pg.start()
  await pg.sql('SELECT pg_promote(true)')
  await waitFor('the second timeline', async () => {
    const [row] = await pg.sql('SELECT pg_is_in_recovery() AS standby')
    return row?.standby === false
  })
}

/** Those before the one that is written next. */
async function wholeSegments(pg: TestPostgres, folder: string): Promise<string[]> {
  await pg.sql('SELECT pg_switch_wal()')
  await pg.sql('INSERT INTO big (note) VALUES ($$of the next segment$$)')
  const [row] = await pg.sql('SELECT pg_walfile_name(pg_current_wal_insert_lsn()) AS name')
  const next = String(row?.name)
  return readdirSync(folder)
    .filter((name) => /^[0-9A-F]{24}$/.test(name) && name < next)
    .sort()
}

export interface DumpedRecord {
  kind: string
  lsn: string
  xid: number
  /** What follows the name of the kind. */
  rest: string
}

/** What PostgreSQL's own program reads in these segments. */
export async function dumpWal(wal: MixedWal, names: string[]): Promise<DumpedRecord[]> {
  const [first, last] = [names[0] ?? '', names.at(-1) ?? '']
  const found: DumpedRecord[] = []
  for (const manager of ['Transaction', 'XLOG']) {
    const { stdout } = await run(
      path.join(wal.bin, 'pg_waldump'),
      ['--path', wal.folder, '--rmgr', manager, first, last],
      { maxBuffer: 2 ** 28, env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' } },
    )
    for (const [, tx, lsn, kind, rest] of stdout.matchAll(/tx: +(\d+), lsn: (\S+), prev \S+, desc: (\w+) ?(.*)$/gm))
      found.push({ kind: kind ?? '', lsn: lsn ?? '', xid: Number(tx), rest: rest ?? '' })
  }
  return found
}
