import { logical } from '@/lib/engines/postgres/logical/method'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { chmod, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Manifest } from '@/lib/contracts/repository/manifest'
import { withConnection } from '@/lib/engines/postgres/connect/connect'
import { compareRowCounts } from '@/lib/engines/postgres/logical/prove/count-rows'
import { sweepSandboxes } from '@/lib/sandbox/sweep'
import { sandboxFolders } from '@/lib/sandbox/folders'
import { startSandbox } from '@/lib/engines/postgres/sandbox/start'
import type { OpenPart } from '@/lib/ports/backup-method'
import { type PlainBackup, takeBackup } from '@/test/helpers/databases/engine-backup'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { makeTestRun, nothing } from '@/test/helpers/run-context'
import { tempDir } from '@/test/helpers/temp'

describe('a restore test', () => {
  let pg: TestPostgres
  let dir: Awaited<ReturnType<typeof tempDir>>
  let backup: PlainBackup
  let archive: Buffer
  let sandboxRoot: string

  beforeAll(async () => {
    dir = await tempDir('prove')
    sandboxRoot = path.join(dir.path, 'sandboxes')
    pg = await startPostgres()
    await pg.sql('CREATE DATABASE shop')
    await pg.sql(
      `CREATE ROLE seller; CREATE TABLE item (id int PRIMARY KEY, name text); ALTER TABLE item OWNER TO seller;
       INSERT INTO item SELECT i, 'item number ' || i FROM generate_series(1, 1000) i;
       CREATE TABLE big AS SELECT i, repeat(md5(i::text), 30) t FROM generate_series(1, 20000) i`,
      'shop',
    )
    backup = await takeBackup(logical, pg.source({ connection: { database: 'shop' } }), dir.path, makeTestRun())
    archive = await readFile(backup.file('archive'))
  })
  afterAll(async () => {
    await pg?.close()
    await Promise.all(sandboxFolders(sandboxRoot).map((folder) => rm(folder, { recursive: true, force: true })))
    await dir?.remove()
  })

  const prove = (open: OpenPart, manifest: Manifest = backup.manifest, run = makeTestRun()) =>
    logical.prove({ manifest, open, level: 'standard', sandbox: { root: sandboxRoot, keepOut: nothing } }, run)
  const withArchive =
    (bytes: () => Readable): OpenPart =>
    async (part, run) =>
      part.role === 'archive' ? bytes() : backup.open(part, run)
  const sandboxes = async () =>
    (await Promise.all(sandboxFolders(sandboxRoot).map((folder) => readdir(folder).catch(() => [])))).flat()
  const serversOn = (folder: string) =>
    readdirSync('/proc').filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder)
      } catch {
        return false
      }
    })
  const failures = async (open: OpenPart) => {
    const { checks } = await prove(open)
    return checks.filter((check) => check.verdict === 'failed').map((check) => check.name)
  }

  it('fails on an archive that was cut, wherever (fault 39)', async () => {
    for (const part of [0, 0.001, 0.5, 0.9999]) {
      const cut = withArchive(() => Readable.from([archive.subarray(0, Math.floor(archive.length * part))]))
      expect(await failures(cut), `cut at ${part}`).toEqual(['archive-readable'])
    }
  })

  it('fails when the stored bytes are found damaged while they are read (fault 38)', async () => {
    const damaged = withArchive(() =>
      Readable.from(
        (function* () {
          yield archive.subarray(0, archive.length / 2)
          throw new HoldfastError('object-damaged', 'The checksum is another.')
        })(),
      ),
    )
    expect(await failures(damaged)).toEqual(['archive-readable'])
  })

  it('is not decided by a store that cannot be reached: that is thrown', async () => {
    const unreachable = withArchive(() => {
      throw new HoldfastError('storage-unreachable', 'No route.', { transient: true })
    })
    await expect(prove(unreachable)).rejects.toMatchObject({ code: 'storage-unreachable' })
  })

  it('fails on data that the server does not take, and says why (fault 46)', async () => {
    const changed = Buffer.from(archive)
    const at = changed.indexOf('500\titem number 500')
    expect(at).toBeGreaterThan(0)
    changed.write('5x0', at)
    const { checks, evidence } = await prove(withArchive(() => Readable.from([changed])))
    expect(checks.at(-1)).toMatchObject({ name: 'restores-without-errors', verdict: 'failed' })
    expect(checks.at(-1)?.detail).toContain('invalid input syntax')
    expect(JSON.stringify(evidence.failure)).toContain('COPY item')
  })

  it('fails when an owner is not among the roles of the backup', async () => {
    const globals: OpenPart = async (part, run) =>
      part.role === 'globals'
        ? Readable.from(['-- without seller\nCREATE ROLE postgres SUPERUSER;\n'])
        : backup.open(part, run)
    const { checks } = await prove(globals)
    expect(checks.at(-1)).toMatchObject({ name: 'restores-without-errors', verdict: 'failed' })
    expect(checks.at(-1)?.detail).toContain('seller')
  })

  it('fails when a table has other rows than the archive holds, and names it (fault 45)', async () => {
    const shop = pg.source({ connection: { database: 'shop' } })
    const tables = [
      { schema: 'public', name: 'item', copyStatement: '', rows: 1001 },
      { schema: 'public', name: 'big', copyStatement: '', rows: 20_000 },
    ]
    const result = await withConnection(shop, AbortSignal.timeout(10_000), (client) =>
      compareRowCounts(client, tables, AbortSignal.timeout(10_000)),
    )
    expect(result.check).toMatchObject({ name: 'row-counts', verdict: 'failed', expected: 21_001, actual: 21_000 })
    expect(result.check.detail).toContain('"public"."item": 1001 rows in the archive, 1000 restored. ')
  })

  it('cannot be made without server programs of the same major version', async () => {
    const manifest = { ...backup.manifest, facts: { ...backup.manifest.facts, serverMajor: 14 } }
    await expect(prove(backup.open, manifest)).rejects.toMatchObject({
      code: 'sandbox-unavailable',
      remedy: expect.stringContaining('postgresql-14'),
    })
  })

  it('cannot be made without an extension of the database, and names its package', async () => {
    const facts = { ...backup.manifest.facts, extensions: [{ name: 'no_such' }] }
    await expect(prove(backup.open, { ...backup.manifest, facts })).rejects.toMatchObject({
      code: 'sandbox-unavailable',
      remedy: expect.stringContaining('postgresql-15-no-such'),
    })
    expect(await sandboxes()).toEqual([])
  })

  it('cannot be made on a disk that is too small', async () => {
    const facts = { ...backup.manifest.facts, databaseBytes: 1e18 }
    await expect(prove(backup.open, { ...backup.manifest, facts })).rejects.toMatchObject({
      code: 'sandbox-unavailable',
    })
  })

  it('uses another locale with a warning when the source has one that is not here', async () => {
    const facts = { ...backup.manifest.facts, collate: 'xx_XX.UTF-8', ctype: 'xx_XX.UTF-8' }
    const { checks, evidence } = await prove(backup.open, { ...backup.manifest, facts })
    expect(checks.every((check) => check.verdict === 'passed')).toBe(true)
    expect(evidence.warnings).toEqual([expect.stringContaining('xx_XX.UTF-8')])
  })

  it('leaves no folder and no process when cancelled in the middle (fault 11)', async () => {
    const run = makeTestRun()
    const reason = new Error('cancelled')
    const slow = withArchive(() =>
      Readable.from(
        (async function* () {
          yield archive.subarray(0, archive.length / 2)
          run.abort(reason)
          await new Promise(() => undefined)
        })(),
      ),
    )
    await expect(prove(slow, backup.manifest, run)).rejects.toBe(reason)
    expect(await sandboxes()).toEqual([])
    expect(serversOn(sandboxRoot)).toEqual([])
  })

  it('uses only a socket, in a folder that no other user may enter (security 21)', async () => {
    const plan = { root: sandboxRoot, serverMajor: 15, needBytes: 0, relationCount: 0, keepOut: nothing }
    const sandbox = await startSandbox(plan, makeTestRun())
    try {
      const settings = await withConnection(sandbox.source, AbortSignal.timeout(5_000), async (client) => {
        const { rows } = await client.query(
          `SELECT current_setting('listen_addresses') AS listen, current_setting('archive_mode') AS archive`,
        )
        return rows
      })
      expect(settings).toEqual([{ listen: '', archive: 'off' }])
      const folder = String(sandbox.source.connection['host'])
      expect((await readdir(folder)).filter((name) => name.startsWith('.s.PGSQL.'))).not.toEqual([])
      // What no other user may enter is this folder or one above it: theirs is the right of "others", and of the group.
      const above = folder.split('/').map((_, depth, parts) => parts.slice(0, depth + 1).join('/') || '/')
      const closed = above.filter((each) => (statSync(each).mode & 0o077) === 0)
      expect(closed).not.toEqual([])
      if (process.getuid?.() === 0) {
        const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups', 'ls', folder]
        expect(() => execFileSync('setpriv', asNobody, { stdio: 'pipe' })).toThrow(/Permission denied/)
      }
    } finally {
      await sandbox.stop()
    }
    expect(await sandboxes()).toEqual([])
  })

  it('is swept away when its owner is gone or it is too old, and only then', async () => {
    const plan = { root: sandboxRoot, serverMajor: 15, needBytes: 0, relationCount: 0, keepOut: nothing }
    const sandbox = await startSandbox(plan, makeTestRun())
    const [name] = await sandboxes()
    const parent = sandboxFolders(sandboxRoot).find((folder) => readdirSync(folder).includes(name ?? ''))
    const folder = path.join(parent ?? '', name ?? '')
    const twoHours = 2 * 3_600_000
    expect(await sweepSandboxes(sandboxRoot, twoHours, makeTestRun())).toEqual([])
    expect(serversOn(folder)).not.toEqual([])
    const marker = path.join(folder, 'holdfast-sandbox.json')
    const text: unknown = JSON.parse(await readFile(marker, 'utf8'))
    await writeFile(marker, JSON.stringify({ ...(text as object), ownerStarted: '1' }))
    expect(await sweepSandboxes(sandboxRoot, twoHours, makeTestRun())).toEqual([folder])
    expect(serversOn(folder)).toEqual([])
    expect(await sandboxes()).toEqual([])
    await sandbox.stop()
  })

  it('lies below the root when its user can reach that, and beside it when not', async () => {
    const plan = { serverMajor: 15, needBytes: 0, relationCount: 0, keepOut: nothing }
    await using open = await tempDir('open')
    await chmod(open.path, 0o711)
    for (const [root, place] of [
      [open.path, 0],
      [sandboxRoot, process.getuid?.() === 0 ? 1 : 0],
    ] as const) {
      const sandbox = await startSandbox({ ...plan, root }, makeTestRun())
      try {
        expect(readdirSync(sandboxFolders(root)[place] ?? '')).toHaveLength(1)
      } finally {
        await sandbox.stop()
      }
    }
  })
})
