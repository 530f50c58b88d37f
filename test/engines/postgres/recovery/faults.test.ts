import { execFileSync } from 'node:child_process'
import { createReadStream, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { segmentNumberOf, walSegmentName } from '@/lib/core/log/wal-name'
import type { RecoveryPlan } from '@/lib/core/recovery/plan-recovery'
import type { StoredLog } from '@/lib/core/recovery/stored-log'
import type { LogReader } from '@/lib/ports/log-reader'
import { type Lab, openLab, planIn, recovering } from './lab'

type Fetched = ReturnType<LogReader['fetch']>

describe.each([{ major: 15 as const }, { major: 17 as const }])('recovery on PostgreSQL $major', ({ major }) => {
  let lab: Lab
  let log: StoredLog
  let latest: RecoveryPlan
  /** One in the middle of what is replayed. */
  let middle = ''

  beforeAll(async () => {
    lab = await openLab({ major })
    await lab.base()
    await lab.commit(200)
    log = { bases: lab.bases, ranges: [await lab.archived()], histories: [] }
    latest = planIn(log, { type: 'latest' })
    middle = walSegmentName(1, segmentNumberOf(latest.base.start, lab.segmentBytes) + 2, lab.segmentBytes)
  })
  afterAll(() => lab?.close())

  const stored = (name: string) => readFileSync(join(lab.archive, name))
  const on = (name: string, answer: () => Fetched) => lab.reader((asked) => (asked === name ? answer() : null))
  const instead = (change: (bytes: Buffer) => Buffer) =>
    on(middle, () => Promise.resolve(Readable.from([change(stored(middle))])))

  /** The server never opened: recovery is still to be done, and no timeline was begun. */
  const refusedBy = (reader: LogReader, plan = latest, patienceMs = 60_000) =>
    recovering(lab, { plan, log: reader, patienceMs }, (recovered, error, _, data) => {
      expect(recovered).toBeNull()
      expect(existsSync(join(data, 'recovery.signal'))).toBe(true)
      expect(readdirSync(join(data, 'pg_wal')).filter((name) => name.endsWith('.history'))).toEqual([])
      return Promise.resolve(error)
    })

  it('is never opened with a hole: a segment in the middle is missing (facts 1 and 2, fault 47)', async () => {
    const error = await refusedBy(on(middle, () => Promise.resolve(null)))
    expect(error).toMatchObject({ code: 'recovery-failed', facts: { segment: middle } })
  })

  it('stops when the stored bytes of a segment are damaged (fault 48)', async () => {
    const damaged = new HoldfastError('object-damaged', 'A byte of the segment is another one.')
    const half = () =>
      Readable.from(
        (function* () {
          yield stored(middle).subarray(0, 5_000_000)
          throw damaged
        })(),
      )
    expect(await refusedBy(on(middle, () => Promise.resolve(half())))).toBe(damaged)
    expect(await refusedBy(on(middle, () => Promise.reject(damaged)))).toBe(damaged)
  })

  it.each([
    ['is cut off', (bytes: Buffer) => bytes.subarray(0, 8_000_000)],
    ['is empty', () => Buffer.alloc(0)],
    ['has only zeros', (bytes: Buffer) => Buffer.alloc(bytes.length)],
    ['is too long', (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(8_192)])],
    [
      'is of another server',
      (bytes: Buffer) => {
        const other = Buffer.from(bytes)
        other.writeBigUInt64LE(other.readBigUInt64LE(24) + 1n, 24)
        return other
      },
    ],
    ['is another segment of the same log', () => stored(middle.replace(/.$/, (digit) => String(Number(digit) - 1)))],
  ])('stops at a segment that %s (faults 49 and 94)', async (_, change) => {
    expect(await refusedBy(instead(change))).toMatchObject({ code: 'object-damaged', facts: { segment: middle } })
  })

  it('never opens at a record that its own checksum rejects, when nothing before noticed (fault 48)', async () => {
    const flipped = (bytes: Buffer) => {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(5_000_000) ^ 0x10, 5_000_000)
      return changed
    }
    // The server takes it for the end of the log and opens; it is not given out.
    const error = await recovering(lab, { plan: latest, log: instead(flipped) }, (recovered, failure) => {
      expect(recovered).toBeNull()
      return Promise.resolve(failure)
    })
    expect(error).toMatchObject({ code: 'recovery-failed' })
    expect(String(error)).toMatch(/the log goes on after it/)
  })

  it('waits for a store that is away, and stops when it stays away (fault 50)', async () => {
    const away = () => new HoldfastError('storage-unreachable', 'The store does not answer.', { transient: true })
    let failures = 0
    const back = on(middle, () => {
      failures += 1
      return failures <= 2 ? Promise.reject(away()) : Promise.resolve(createReadStream(join(lab.archive, middle)))
    })
    await recovering(lab, { plan: latest, log: back }, (recovered, error) => {
      expect(error).toBeNull()
      expect(recovered?.ids).toHaveLength(200)
      return Promise.resolve()
    })
    expect(failures).toBe(3)
    expect(
      await refusedBy(
        on(middle, () => Promise.reject(away())),
        latest,
        600,
      ),
    ).toMatchObject({ code: 'storage-unreachable' })
  })

  it('needs no log after its target: an error there does not stop it', async () => {
    const early = lab.commits[3]
    const plan = planIn(log, { type: 'lsn', lsn: early?.after ?? 0n })
    const last = walSegmentName(1, segmentNumberOf(latest.path[0].to, lab.segmentBytes), lab.segmentBytes)
    const log_ = on(last, () => Promise.reject(new HoldfastError('object-damaged', 'Damaged.')))
    await recovering(lab, { plan, log: log_ }, (recovered, error) => {
      expect(error).toBeNull()
      expect(recovered?.ids).toHaveLength(4)
      return Promise.resolve()
    })
  })

  it('is refused without the label of the base backup (fault 65)', async () => {
    const prepare = (data: string) => rmSync(join(data, 'backup_label'))
    await recovering(lab, { plan: latest, prepare }, (recovered, error) => {
      expect([recovered, error]).toMatchObject([null, { code: 'recovery-failed' }])
      expect(String(error)).toContain('backup_label')
      return Promise.resolve()
    })
  })

  it('applies nothing that the source, or who attacked it, set in the data directory (fault 60)', async () => {
    const outside = join(lab.archive, '..', 'outside')
    writeFileSync(outside, 'kept')
    const archivedThen = readdirSync(lab.archive).sort()
    const prepare = (data: string) => {
      const hostile = [
        "archive_mode = 'on'",
        `archive_command = 'touch ${data}/did-archive'`,
        `recovery_end_command = 'touch ${data}/did-end'`,
        `archive_cleanup_command = 'touch ${data}/did-clean'`,
        "primary_conninfo = 'host=127.0.0.1 port=1'",
        "primary_slot_name = 'taken'",
        "shared_preload_libraries = 'no_such_library'",
        "session_preload_libraries = 'no_such_library'",
        "listen_addresses = '*'",
        "recovery_target_timeline = '99'",
        "recovery_target_time = '2001-01-01'",
        "recovery_target_action = 'shutdown'",
        "hot_standby = 'on'",
        "ssl = 'on'",
        'port = 1',
        'max_connections = 5',
      ].join('\n')
      writeFileSync(join(data, 'postgresql.auto.conf'), hostile)
      writeFileSync(join(data, 'postgresql.conf'), hostile)
      writeFileSync(join(data, 'pg_hba.conf'), 'local all all reject\n')
      writeFileSync(join(data, 'standby.signal'), '')
      // What the worker, which may be root, would write to, leads elsewhere.
      rmSync(join(data, 'recovery.signal'), { force: true })
      symlinkSync(outside, join(data, 'recovery.signal'))
    }
    const preload = ['pg_cron', '/opt/evil/no_such_library.so', '$libdir/pg_stat_statements']
    await recovering(lab, { plan: latest, prepare, preload }, async (recovered, error, _, data) => {
      expect(error).toBeNull()
      expect(recovered?.ids).toHaveLength(200)
      expect(recovered?.leftOut.map(({ library }) => library)).toEqual(['pg_cron', 'no_such_library'])
      const shown = await recovered?.ask(`SELECT name, setting FROM pg_settings WHERE name = ANY ('{archive_mode,
        archive_command,recovery_end_command,primary_conninfo,primary_slot_name,shared_preload_libraries,listen_addresses,
        session_preload_libraries,max_connections,ssl,fsync}') ORDER BY name`)
      expect(Object.fromEntries((shown ?? []).map(({ name, setting }) => [name, setting]))).toEqual({
        archive_mode: 'off',
        archive_command: '(disabled)',
        recovery_end_command: '',
        primary_conninfo: '',
        primary_slot_name: '',
        shared_preload_libraries: 'pg_stat_statements',
        session_preload_libraries: '',
        listen_addresses: '',
        max_connections: '150',
        ssl: 'off',
        fsync: 'off',
      })
      await recovered?.ask('CREATE TABLE written (i int)')
      await recovered?.ask('SELECT pg_switch_wal()')
      await recovered?.ask('CHECKPOINT')
      expect(readdirSync(data).filter((name) => name.startsWith('did-'))).toEqual([])
    })
    expect(readFileSync(outside, 'utf8')).toBe('kept')
    expect(readdirSync(lab.archive).sort()).toEqual(archivedThen)
  })

  it('ends with the run, and leaves no process', async () => {
    const asked = Promise.withResolvers<null>()
    const stuck = lab.reader((name, { signal }) => {
      if (name !== middle) return null
      asked.resolve(null)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('given up'))))
    })
    const order = { plan: latest, log: stuck, stopWhen: asked.promise }
    await recovering(lab, order, (recovered, error, sandbox) => {
      expect([recovered, error]).toMatchObject([null, { message: 'stopped by the test' }])
      expect(() => execFileSync('pgrep', ['-f', sandbox.data])).toThrow()
      return Promise.resolve()
    })
  })
})
