import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresOptionsSchema } from '@/lib/contracts/engines/postgres'
import { classifyQueryError } from '@/lib/engines/postgres/classify-error'
import { withConnection } from '@/lib/engines/postgres/connect/connect'
import { beginBackup } from '@/lib/engines/postgres/logical/dump/begin-backup'
import { pickEndpoint } from '@/lib/engines/postgres/connect/pick-endpoint'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { makeTestRun } from '@/test/helpers/run-context'
import { type Standby, startStandby } from '@/test/helpers/servers/standby'

const first = { attempt: 1 }

describe('reading from a replica', () => {
  let primary: TestPostgres
  let standby: Standby

  beforeAll(async () => {
    primary = await startPostgres()
    await primary.sql(
      `CREATE TABLE big AS SELECT i, repeat(md5(i::text), 30) t FROM generate_series(1, 60000) i;
       CREATE UNLOGGED TABLE passing (i int)`,
    )
    standby = await startStandby(primary, { max_standby_streaming_delay: '0', hot_standby_feedback: 'off' })
  })
  afterAll(async () => {
    await standby?.close()
    await primary?.close()
  })

  const sourceWith = (replica: { host: string; port: number }, connection = {}): SourceSpec =>
    primary.source({ options: postgresOptionsSchema.parse({ replica }), connection })

  /** Reads the archive of the endpoint's server; `onFirst` runs while the dump is in the middle. */
  async function readBackup(source: SourceSpec, attempt: { attempt: number }, onFirst?: () => Promise<void>) {
    const run = makeTestRun()
    const session = await beginBackup(source, run, attempt)
    try {
      const part = session.parts.find((candidate) => candidate.role === 'archive')
      if (!part) throw new Error('no archive part')
      const { stream, finished } = part.open(run)
      let bytes = 0
      const sink = new Writable({
        write(chunk: Buffer, _encoding, done) {
          const first = bytes === 0
          bytes += chunk.length
          if (first && onFirst) onFirst().then(() => done(), done)
          else done()
        },
      })
      const [, end] = await Promise.allSettled([pipeline(stream, sink), finished])
      return { session, bytes, end }
    } finally {
      await session.close()
    }
  }

  it('picks the standby, and the backup is read from there', async () => {
    await standby.caughtUp()
    const endpoint = await pickEndpoint(sourceWith(standby), makeTestRun(), first)
    expect(endpoint).toMatchObject({
      role: 'replica',
      facts: { replica: { port: standby.port, behindBytes: 0, lagMs: 0 } },
    })
    expect(endpoint.warnings).toEqual([expect.stringContaining('1 unlogged table')])
    const { session, bytes, end } = await readBackup(sourceWith(standby), first)
    expect(end.status).toBe('fulfilled')
    expect(bytes).toBeGreaterThan(50_000_000)
    expect(session.facts).toMatchObject({ standby: true, replica: { port: standby.port } })
    await expect(endpoint.confirm(makeTestRun().signal)).resolves.toBeUndefined()
  })

  it('says how far behind the standby is when it has stopped replaying', async () => {
    await primary.sql('CREATE TABLE earlier (i int); DROP TABLE earlier')
    await standby.caughtUp()
    await standby.sql('SELECT pg_wal_replay_pause()')
    try {
      await primary.sql('CREATE TABLE later AS SELECT generate_series(1, 1000) i; DROP TABLE later')
      const source = sourceWith(standby)
      const now = new Date(Date.now() + 3_600_000)
      const endpoint = await pickEndpoint(source, { ...makeTestRun(), clock: { now: () => now } }, first)
      expect(endpoint.role).toBe('replica')
      expect(endpoint.facts.replica?.behindBytes).toBeGreaterThan(10_000)
      expect(endpoint.warnings.join()).toMatch(/is 3[56]\d\d s behind the primary/)
    } finally {
      await standby.sql('SELECT pg_wal_replay_resume()')
    }
  })

  it('fails with something that may pass when replay ends the dump, and then reads from the primary (fault 7)', async () => {
    await primary.sql('CREATE TABLE doomed AS SELECT i FROM generate_series(1, 1000) i')
    await standby.caughtUp()
    const source = sourceWith(standby)
    const { end } = await readBackup(source, first, async () => {
      await primary.sql('DELETE FROM doomed')
      await primary.sql('VACUUM doomed')
      // Not until it is replayed: that waits for the dump, which cannot be ended while it waits for its reader.
      await standby.received()
    })
    expect(end).toMatchObject({ status: 'rejected', reason: { code: 'recovery-conflict', transient: true } })

    const again = await readBackup(source, { attempt: 2 })
    expect(again.end.status).toBe('fulfilled')
    expect(again.session.facts).toMatchObject({ standby: false })
    expect(again.session.warnings).toEqual([expect.stringContaining('reads from the primary')])
  })

  it('names a conflict with recovery also on a connection of its own', async () => {
    await primary.sql('DROP TABLE IF EXISTS gone; CREATE TABLE gone AS SELECT i FROM generate_series(1, 1000) i')
    await standby.caughtUp()
    const endpoint = await pickEndpoint(sourceWith(standby), makeTestRun(), first)
    const reading = withConnection(endpoint.source, makeTestRun().signal, async (client) => {
      await client.query('BEGIN; LOCK TABLE gone IN ACCESS SHARE MODE')
      await Promise.all([client.query('SELECT pg_sleep(60)'), primary.sql('DROP TABLE gone')])
    })
    const error = classifyQueryError(await reading.catch((reason: unknown) => reason))
    expect(error).toMatchObject({ code: 'recovery-conflict', transient: true })
  })

  it('takes the primary and says why when the replica cannot be reached', async () => {
    const endpoint = await pickEndpoint(sourceWith({ host: '127.0.0.1', port: 1 }), makeTestRun(), first)
    expect(endpoint.role).toBe('primary')
    expect(endpoint.warnings).toEqual([expect.stringMatching(/replica 127\.0\.0\.1:1 was not used.*Nothing accepts/)])
    expect(endpoint.source.connection).toMatchObject({ port: primary.port })
  })

  it('takes the primary when the replica is no standby, or one of another cluster', async () => {
    const self = await pickEndpoint(sourceWith({ host: '127.0.0.1', port: primary.port }), makeTestRun(), first)
    expect(self).toMatchObject({ role: 'primary', warnings: [expect.stringContaining('not a standby')] })

    const other = await startPostgres()
    try {
      const source = sourceWith(standby, { port: other.port })
      const endpoint = await pickEndpoint(source, makeTestRun(), first)
      expect(endpoint).toMatchObject({ role: 'primary', warnings: [expect.stringContaining('another cluster')] })
    } finally {
      await other.close()
    }
  })

  it('reads from the replica while the primary cannot be reached, and says so', async () => {
    await standby.caughtUp()
    const endpoint = await pickEndpoint(sourceWith(standby, { port: 1 }), makeTestRun(), first)
    expect(endpoint.role).toBe('replica')
    expect(endpoint.warnings.join()).toContain('primary could not be asked')
  })

  it('calls every failure of a replica one that may pass', async () => {
    const endpoint = await pickEndpoint(sourceWith(standby), makeTestRun(), first)
    const error = classifyQueryError(Object.assign(new Error('Etwas ging schief'), { code: 'XX000' }))
    expect(endpoint.explain(error)).toMatchObject({ code: error.code, transient: true })
  })

  // The last ones: they leave no standby behind.
  it('does not let a backup count whose replica was promoted meanwhile (fault 10)', async () => {
    const endpoint = await pickEndpoint(sourceWith(standby), makeTestRun(), first)
    await standby.promote()
    await expect(endpoint.confirm(makeTestRun().signal)).rejects.toMatchObject({
      code: 'standby-promoted',
      transient: true,
    })
    const next = await pickEndpoint(sourceWith(standby), makeTestRun(), first)
    expect(next.role).toBe('primary')
  })

  it('stops asking when it is aborted', async () => {
    const run = makeTestRun()
    const reason = new Error('cancelled by a person')
    run.abort(reason)
    await expect(pickEndpoint(sourceWith(standby), run, first)).rejects.toBe(reason)
  })
})
