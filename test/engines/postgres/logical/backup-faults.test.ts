import { logical } from '@/lib/engines/postgres/logical/method'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { BackupSession } from '@/lib/ports/backup-method'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { RunContext } from '@/lib/ports/run-context'
import { takeBackup } from '@/test/helpers/databases/engine-backup'
import { fakeClient } from '@/test/helpers/faults/fake-client'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { makeTestRun } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

const password = 'correct horse battery staple'

/** Reads the archive part; what the reader sees and what `finished` says. */
async function readArchive(session: BackupSession, run: RunContext, onFirst?: () => void | Promise<void>) {
  const part = session.parts.find((candidate) => candidate.role === 'archive')
  if (!part) throw new Error('no archive part')
  const { stream, finished } = part.open(run)
  let bytes = 0
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      const first = bytes === 0
      bytes += chunk.length
      void Promise.resolve(first ? onFirst?.() : undefined).then(() => done())
    },
  })
  const [read, end] = await Promise.allSettled([pipeline(stream, sink), finished])
  return { bytes, read, end }
}

const processesNaming = (text: string) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text)
      } catch {
        return false
      }
    })

describe('a backup that goes wrong', () => {
  let pg: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>
  let source: SourceSpec

  beforeAll(async () => {
    dir = await tempDir('faults')
    pg = await startPostgres({ password })
    await pg.sql(
      `CREATE TABLE public.big AS SELECT i, repeat(md5(i::text), 30) t FROM generate_series(1, 40000) i; CREATE TABLE public."lock'ed" (a int)`,
    )
    source = pg.source({ connection: { ssl: 'prefer' } })
  })
  afterAll(async () => {
    await pg?.close()
    await dir?.remove()
  })
  afterEach(() => vi.unstubAllEnvs())

  const sessions = () =>
    pg.sql("SELECT pid, application_name FROM pg_stat_activity WHERE application_name IN ('holdfast', 'pg_dump')")

  it.each([
    ['exits 1 after writing 90 % (fault 1)', '"$REAL" "$@" | head -c 35000000; exit 1', 'producer-failed'],
    ['exits 1 after writing everything (fault 1)', '"$REAL" "$@"; exit 1', 'producer-failed'],
    ['is killed in mid-stream (fault 2)', '"$REAL" "$@" | head -c 20000000; kill -9 $$', 'producer-failed'],
    ['exits 0 without a byte (fault 3)', 'exit 0', 'producer-truncated'],
    [
      'exits 0 before the end of its archive (fault 3)',
      '"$REAL" "$@" | head -c 35000000; exit 0',
      'producer-truncated',
    ],
    ['writes something behind the end (fault 3)', '"$REAL" "$@" && echo', 'producer-truncated'],
  ])('fails when pg_dump %s', async (title, script, code) => {
    const folder = await fakeClient(`${dir.path}/${title.replaceAll(/\W/g, '')}`, script)
    vi.stubEnv('HOLDFAST_PG_BIN', folder)
    const session = await logical.begin(source, makeTestRun())
    try {
      const { read, end } = await readArchive(session, makeTestRun())
      // The reader alone must not be able to take it for complete.
      expect(read.status).toBe('rejected')
      expect(end).toMatchObject({ status: 'rejected', reason: { code } })
    } finally {
      await session.close()
    }
    expect(processesNaming(folder)).toEqual([])
  })

  it('gives up on a locked table and names it and who holds it (fault 6)', async () => {
    const blocker = await pg.connect()
    await blocker.query(`BEGIN; LOCK TABLE public."lock'ed" IN ACCESS EXCLUSIVE MODE`)
    try {
      const hasty = { ...source, options: { ...source.options, lockTimeoutMs: 300 } }
      const session = await logical.begin(hasty, makeTestRun())
      try {
        const { end } = await readArchive(session, makeTestRun())
        expect(end).toMatchObject({ status: 'rejected', reason: { code: 'lock-timeout', transient: true } })
        expect(String('reason' in end && end.reason)).toMatch(/"lock'ed".*held by process \d+/)
      } finally {
        await session.close()
      }
    } finally {
      await blocker.query('ROLLBACK')
    }
  })

  it('ends at once when cancelled, with no process or session left (fault 11)', async () => {
    const run = makeTestRun()
    const session = await logical.begin(source, makeTestRun())
    const reason = new Error('cancelled by a person')
    const { end, read } = await readArchive(session, run, () => run.abort(reason))
    expect(read.status).toBe('rejected')
    expect(end).toMatchObject({ status: 'rejected', reason })
    await session.close()
    await vi.waitFor(async () => expect(await sessions()).toEqual([]), 5_000)
  })

  it('does not begin when already cancelled', async () => {
    const run = makeTestRun()
    const reason = new Error('cancelled')
    run.abort(reason)
    await expect(logical.begin(source, run)).rejects.toBe(reason)
  })

  it('shows the password nowhere: not in arguments, the environment, logs or errors (security 8)', async () => {
    const folder = await fakeClient(`${dir.path}/spy`, `tr '\\0' ' ' < /proc/$$/cmdline >&2; env >&2; exit 3`)
    vi.stubEnv('HOLDFAST_PG_BIN', folder)
    const temporary = `${dir.path}/tmp`
    await mkdir(temporary)
    vi.stubEnv('TMPDIR', temporary)
    const run = makeTestRun()
    const session = await logical.begin(source, run)
    const { end } = await readArchive(session, run)
    await session.close()
    const told = JSON.stringify([end, 'reason' in end && end.reason.facts, run.logged])
    expect(told).toContain('PGPASSFILE')
    expect(told).not.toContain(password)
    expect(await readdir(temporary)).toEqual([])
  })

  it('hands out a sound backup after all this', async () => {
    const backup = await takeBackup(logical, source, dir.path, makeTestRun())
    expect(backup.manifest.parts.map((part) => part.role)).toEqual(['globals', 'archive'])
    expect(backup.manifest.facts).toMatchObject({
      serverMajor: 15,
      encoding: 'UTF8',
      collate: 'C.UTF-8',
      tableCount: 2,
    })
    expect(backup.manifest.howToRestore.join('\n')).toContain('pg_restore')
  })

  it('fails when the server goes away in the middle, and leaves nothing behind (fault 9)', async () => {
    const session = await logical.begin(source, makeTestRun())
    const { end } = await readArchive(session, makeTestRun(), () => pg.stop('SIGINT'))
    expect(end).toMatchObject({ status: 'rejected', reason: { code: 'server-gone', transient: true } })
    await session.close()
    // The reader gives up as soon as the dump fails, which may be before the server has ended.
    await pg.stop()
    await pg.start()
    expect(await sessions()).toEqual([])
    await expect(takeBackup(logical, source, dir.path, makeTestRun())).resolves.toBeDefined()
  })
})
