import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ageCipher } from '@/lib/cipher/age/cipher'
import type { Compression } from '@/lib/contracts/engines/common'
import { segmentNumberOf } from '@/lib/core/log/wal-name'
import { parseLsn } from '@/lib/core/log/lsn'
import { kitFile } from '@/lib/core/repository/checking-signature'
import { stepLines } from '@/lib/core/repository/hand-step'
import { logFolder, logKey, type LogObject } from '@/lib/core/repository/log-paths'
import { howToRestore } from '@/lib/engines/postgres/physical/how-to-restore'
import { storePart } from '@/lib/pipeline/store-part'
import { commandsOf } from '../../../helpers/databases/hand-commands'
import { readableBase, takeBase, type TakenBase } from '../../../helpers/databases/base-backup'
import { storeBackup, type StoredBackup } from '../../../helpers/engines/stored-backup'
import { makeMemoryStorage } from '../../../helpers/memory-storage'
import { makeTestRun } from '../../../helpers/run-context'
import { freePort } from '../../../helpers/servers/ports'
import { tempDir } from '../../../helpers/temp'
import { type Lab, openLab } from '../recovery/lab'

const sourceId = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'

describe.each([15, 17] as const)('the commands for a base backup of PostgreSQL %i', (major) => {
  let lab: Lab
  let taken: TakenBase
  let stored: StoredBackup
  let work: Awaited<ReturnType<typeof tempDir>>

  beforeAll(async () => {
    work = await tempDir('by-hand')
    lab = await openLab({ major })
    const space = path.join(path.dirname(lab.primary.dataDir), 'space')
    execFileSync('install', ['-d', '-o', 'postgres', space])
    await lab.primary.sql(`CREATE TABLESPACE fast LOCATION '${space}'`)
    await lab.primary.sql('CREATE TABLE elsewhere TABLESPACE fast AS SELECT generate_series(1, 1000) AS id')
    await lab.commit(80)
    await lab.archived()
    const parts = path.join(work.path, 'parts')
    mkdirSync(parts)
    taken = await takeBase(lab.primary.source(), parts, makeTestRun())
    await lab.commit(60)
    await lab.archived()
    await lab.commit(5)
    stored = await storeBackup(readableBase(taken), { compression: 'zstd', encrypted: true, seekable: false })
    await layOut()
  })
  afterAll(async () => {
    await lab?.close()
    await work.remove()
  })

  /** The backup and the log beside it, as a destination has them, with what was not archived yet as slices. */
  async function layOut(): Promise<void> {
    const kit = await ageCipher.makeKey()
    const folder = path.join(work.path, 'backup')
    mkdirSync(folder)
    const seal = async (bytes: Buffer, recipient: string, compression: Compression = 'none') => {
      const storage = makeMemoryStorage(() => undefined)
      await storePart(
        {
          produce: () => ({ stream: Readable.from([bytes]), finished: Promise.resolve() }),
          ...{ compression, compressionLevel: 1, seekable: false },
          encrypt: () => ageCipher.encrypt([recipient]),
          sinks: [{ id: 'a', consume: (body: Readable) => storage.put('x', body, {}, makeTestRun()) }],
        },
        makeTestRun(),
      )
      return storage.objects.get('x') ?? Buffer.alloc(0)
    }
    writeFileSync(path.join(folder, kitFile), `${kit.identity}\n`)
    for (const [file, bytes] of stored.objects) writeFileSync(path.join(folder, file), bytes)
    writeFileSync(path.join(folder, 'identity.age'), await seal(Buffer.from(`${stored.key.identity}\n`), kit.recipient))

    const place = { sourceId, identity: taken.facts.systemIdentifier, timeline: '00000001' }
    const root = path.dirname(path.dirname(path.dirname(logFolder(place))))
    const put = (object: LogObject, bytes: Buffer) => {
      const to = path.join(work.path, path.relative(root, logKey(place, object)))
      mkdirSync(path.dirname(to), { recursive: true })
      writeFileSync(to, bytes)
    }
    const periods = [await ageCipher.makeKey(), await ageCipher.makeKey()]
    for (const [period, { identity }] of periods.entries())
      put({ kind: 'identity', period }, await seal(Buffer.from(`${identity}\n`), kit.recipient))
    const names = readdirSync(lab.archive).filter((name) => /^[0-9A-F]{24}$/.test(name))
    for (const [index, name] of names.sort().entries()) {
      const number = Number.parseInt(name.slice(16), 16)
      const compression = index % 2 === 0 ? 'zstd' : 'gzip'
      const bytes = await seal(
        readFileSync(path.join(lab.archive, name)),
        periods[index % 2]?.recipient ?? '',
        compression,
      )
      put({ kind: 'segment', segment: { number, name }, compression, encryption: 'age' }, bytes)
    }
    const [row] = await lab.primary.sql('SELECT pg_current_wal_flush_lsn()::text AS lsn')
    const [at] = await lab.primary.sql('SELECT pg_walfile_name(pg_current_wal_flush_lsn()) AS name')
    const open = String(at?.name)
    const lsn = parseLsn(String(row?.lsn))
    const end = Number(lsn % BigInt(lab.segmentBytes))
    const all = readFileSync(path.join(lab.primary.dataDir, 'pg_wal', open)).subarray(0, end)
    const segment = { number: segmentNumberOf(lsn, lab.segmentBytes), name: open }
    for (const [from, to] of [
      [0, 1_000_001],
      [1_000_001, end],
    ] as const) {
      const bytes = await seal(all.subarray(from, to), periods[1]?.recipient ?? '', 'zstd')
      put({ kind: 'slice', segment, from, to, compression: 'zstd', encryption: 'age' }, bytes)
    }
    execFileSync('chown', ['-R', 'postgres:', work.path])
    chmodSync(work.path, 0o755)
  }

  const steps = () => howToRestore(stored.manifest.parts, stored.manifest)

  it('make a server with every committed transaction, by standard tools alone', async () => {
    const commands = commandsOf(stepLines(steps()))
    const script = path.join(work.path, 'restore.sh')
    writeFileSync(script, ['set -euo pipefail; umask 077', ...commands].join('\n'))
    execFileSync('chown', ['postgres:', script])
    const port = await freePort()
    const folder = path.join(work.path, 'backup')
    const env = {
      PATH: `${lab.primary.bin}:/usr/bin:/bin`,
      PGPORT: String(port),
      PGHOST: '127.0.0.1',
      PGUSER: 'postgres',
    }
    const as = ['-u', 'postgres', '--', 'env', '-i', ...Object.entries(env).map(([name, value]) => `${name}=${value}`)]
    const typed = (command: string[]) =>
      execFileSync('runuser', [...as, ...command], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    try {
      const said = typed(['bash', script])
      expect(said).toContain('backup successfully verified')
      expect(said).toMatch(/ f +\| 0\//)
      const ask = (sql: string) => typed(['psql', '-XAt', '-d', 'postgres', '-c', sql]).trim()
      expect(ask('SELECT count(*), max(id) FROM acts')).toBe('145|145')
      expect(ask('SELECT sum(id) FROM elsewhere')).toBe('500500')
      expect(ask(`SELECT count(*) FROM pg_tablespace WHERE pg_tablespace_location(oid) LIKE '${folder}/%'`)).toBe('1')
      expect(ask('SHOW archive_mode')).toBe('off')
      // What was written before the base backup is not unpacked, and no key is left.
      expect(readdirSync(path.join(folder, 'wal'))).not.toContain('000000010000000000000001')
      expect(['backup.key', 'log.key'].filter((name) => existsSync(path.join(folder, name)))).toEqual([])
    } finally {
      typed(['bash', '-c', 'pg_ctl -D restored -m immediate stop || cat recovery.log'])
    }
  })

  it('have no colon but the one before what is typed, and stay on their lines', () => {
    for (const { say, run = '' } of steps()) {
      expect(say).not.toContain(':')
      expect(run).not.toContain('\n')
    }
    expect(steps()[0]?.say).toContain(`server programs of version ${major} in PATH, tar, age, zstd`)
  })
})
