import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { type Header, pack } from 'tar-stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { unpackBase, type UnpackOrder } from '@/lib/engines/postgres/physical/restore/unpack-base'
import {
  readableBase,
  takeBase,
  type TakenBase,
  unpackByHand,
  verifyBase,
} from '../../../helpers/databases/base-backup'
import { storeBackup } from '../../../helpers/engines/stored-backup'
import { makeTestRun } from '../../../helpers/run-context'
import { startPostgres, type TestPostgres } from '../../../helpers/servers/postgres'
import { startStandby } from '../../../helpers/servers/standby'
import { tempDir } from '../../../helpers/temp'

const failureOf = async (work: Promise<unknown>): Promise<HoldfastError> => {
  const error: unknown = await work.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  )
  if (error instanceof HoldfastError) return error
  throw error
}

describe.each([15, 17] as const)('a base backup of PostgreSQL %i', (major) => {
  let pg: TestPostgres
  let taken: TakenBase
  let work: Awaited<ReturnType<typeof tempDir>>
  const at = (...names: string[]) => path.join(work.path, ...names)
  const order = (name: string): UnpackOrder => {
    mkdirSync(at(name))
    return { ...readableBase(taken), directory: at(name, 'data'), tablespaceFolder: (oid) => at(name, `space-${oid}`) }
  }
  beforeAll(async () => {
    work = await tempDir('unpack')
    execFileSync('chmod', ['755', work.path])
    pg = await startPostgres({ major })
    for (const name of ['one', 'two']) {
      const space = path.join(path.dirname(pg.dataDir), name)
      execFileSync('install', ['-d', '-o', 'postgres', space])
      await pg.sql(`CREATE TABLESPACE ${name} LOCATION '${space}'`)
    }
    for (let number = 0; number < 4; number += 1)
      await pg.sql(
        `CREATE TABLE large_${number} AS SELECT g AS id, repeat('x', 400) AS text FROM generate_series(1, 40000) g`,
      )
    await pg.sql('CREATE TABLE elsewhere (id int PRIMARY KEY USING INDEX TABLESPACE two) TABLESPACE one')
    await pg.sql('INSERT INTO elsewhere SELECT generate_series(1, 1000)')
    mkdirSync(at('parts'))
    taken = await takeBase(pg.source(), at('parts'), makeTestRun())
  })
  afterAll(async () => {
    await pg.close()
    await work.remove()
  })

  it('is unpacked to what plain tar unpacks, pg_verifybackup finds right and a server starts from', async () => {
    expect(readdirSync(at('parts'))).toContain('base-2.tar')
    const run = makeTestRun()
    const unpacked = order('ours')
    await unpackBase(unpacked, run)
    expect(statSync(unpacked.directory).mode & 0o777).toBe(0o700)
    expect(readdirSync(path.join(unpacked.directory, 'pg_wal'))).not.toContainEqual(expect.stringMatching(/^0/))
    expect(run.progressed.at(-1)).toMatchObject({ phase: 'restoring', doneBytes: run.progressed.at(-1)?.totalBytes })

    mkdirSync(at('plain'))
    unpackByHand(taken, at('plain'), path.join(pg.dataDir, 'pg_wal'))
    const same = ['-r', '--no-dereference', '-x', 'pg_wal', '-x', 'tablespace_map']
    execFileSync('rm', [
      '-r',
      ...[...readdirSync(at('plain', 'data', 'pg_tblspc'))].map((oid) => at('plain', 'data', 'pg_tblspc', oid)),
    ])
    expect(execFileSync('diff', [...same, at('plain'), at('ours')], { encoding: 'utf8' })).toBe('')
    const map = readFileSync(path.join(unpacked.directory, 'tablespace_map'), 'utf8')
    const oids = taken.facts.tablespaces.map(({ oid }) => oid)
    expect(map.split('\n').filter(Boolean).sort()).toEqual(
      oids.map((oid) => `${oid} ${at('ours', `space-${oid}`)}`).sort(),
    )

    // As a server of its own: the log from where it was kept, and the links that it makes itself.
    execFileSync('sh', ['-c', `cp ${path.join(pg.dataDir, 'pg_wal')}/0* ${path.join(unpacked.directory, 'pg_wal')}`])
    execFileSync('chown', ['-R', 'postgres:', at('ours')])
    execFileSync('tar', ['-c', '--zstd', '-f', at('ours.tar.zst'), '-C', at('ours'), 'data'])
    const server = await startPostgres({ cluster: at('ours.tar.zst'), bin: pg.bin })
    const count =
      'SELECT (SELECT count(*) FROM large_3)::int AS large, (SELECT sum(id) FROM elsewhere)::int AS elsewhere'
    expect(await server.sql(count)).toEqual([{ large: 40000, elsewhere: 500500 }])
    const places = await server.sql('SELECT pg_tablespace_location(oid) AS place FROM pg_tablespace WHERE oid >= 16384')
    expect(places.map(({ place }) => place).sort()).toEqual(oids.map((oid) => at('ours', `space-${oid}`)).sort())
    await server.close()
  })

  const asStored: Parameters<typeof storeBackup>[1] = {
    ...{ compression: 'zstd', encrypted: true, seekable: false },
    comparedByContent: ['base', 'tablespace'],
  }

  it('has every file as pg_verifybackup expects it, also from stored objects whose plain bytes pass this process by', async () => {
    const stored = await storeBackup(readableBase(taken), asStored)
    const opened: string[] = []
    const open: UnpackOrder['open'] = (part, run) => {
      opened.push(part.role)
      return stored.open(part, run)
    }
    const unpacked = { ...order('verified'), manifest: stored.manifest, open, feed: stored.feed }
    await unpackBase(unpacked, makeTestRun())
    expect(opened).toEqual(['manifest'])
    // The program follows the links that the server would make at its start.
    for (const { oid } of taken.facts.tablespaces)
      execFileSync('ln', ['-s', at('verified', `space-${oid}`), path.join(unpacked.directory, 'pg_tblspc', oid)])
    execFileSync('chown', ['-R', 'postgres:', at('verified')])
    expect(verifyBase(pg, unpacked.directory)).toContain('backup successfully verified')
  })

  it('is refused when any stored object of it is damaged, cut or another one, with its name, and nothing is left (fault 38, fault 39)', async () => {
    const stored = await storeBackup(readableBase(taken), asStored)
    const { objects, manifest, open, feed } = stored
    const base = manifest.parts.filter(({ role }) => role === 'base')
    const harm: Record<string, (bytes: Buffer) => Buffer> = {
      'a bit of its middle': (bytes) => {
        const harmed = Buffer.from(bytes)
        harmed.writeUInt8(harmed.readUInt8(bytes.length >> 1) ^ 8, bytes.length >> 1)
        return harmed
      },
      'its end': (bytes) => bytes.subarray(0, -1),
      'all but its beginning': (bytes) => bytes.subarray(0, 1000),
      'what follows it': (bytes) => Buffer.concat([bytes, Buffer.from('x')]),
      'all of it': () => objects.get(base.at(-1)?.file ?? '') ?? Buffer.alloc(0),
    }
    const [{ file } = { file: '' }] = base
    const intact = objects.get(file) ?? Buffer.alloc(0)
    for (const [what, change] of Object.entries(harm)) {
      const unpacked = order(`stored-${what}`)
      objects.set(file, change(intact))
      const refused = await failureOf(unpackBase({ ...unpacked, manifest, open, feed }, makeTestRun()))
      expect({ what, code: refused.code, key: refused.facts.key }).toEqual({ what, code: 'object-damaged', key: file })
      expect(readdirSync(at(`stored-${what}`))).toEqual([])
    }
    objects.set(file, intact)
  })

  it('that is damaged in any part is refused, and nothing is left', async () => {
    const { parts } = readableBase(taken).manifest
    for (const [index, damaged] of parts.filter(({ role }) => role !== 'configuration').entries()) {
      const unpacked = order(`damaged-${index}`)
      const intact = unpacked.open
      unpacked.open = async (part, run) => {
        if (part !== damaged && part.file !== damaged.file) return intact(part, run)
        const bytes = readFileSync(at('parts', part.file))
        // In the middle of a file, or of the list.
        const place = part.role === 'manifest' ? bytes.length / 2 : 512 + Math.floor(bytes.length / 2)
        bytes.writeUInt8(bytes.readUInt8(Math.floor(place)) ^ 1, Math.floor(place))
        return Readable.from([bytes])
      }
      expect({ file: damaged.file, ...(await failureOf(unpackBase(unpacked, makeTestRun()))) }).toMatchObject({
        file: damaged.file,
        code: 'object-damaged',
      })
      expect(readdirSync(at(`damaged-${index}`))).toEqual([])
    }
  })

  it('of which a part breaks off or is missing is refused, and an abort leaves nothing', async () => {
    const unpacked = order('missing')
    const last = unpacked.manifest.parts.findLast(({ role }) => role === 'base')
    const without = { parts: unpacked.manifest.parts.filter((part) => part !== last) }
    expect(await failureOf(unpackBase({ ...unpacked, manifest: without }, makeTestRun()))).toMatchObject({
      code: 'object-damaged',
    })
    const short: UnpackOrder['open'] = async (part, run) =>
      part === last
        ? Readable.from([readFileSync(at('parts', part.file)).subarray(0, -2048)])
        : unpacked.open(part, run)
    expect(await failureOf(unpackBase({ ...unpacked, open: short }, makeTestRun()))).toMatchObject({
      code: 'object-damaged',
    })
    const run = makeTestRun()
    const stopping: UnpackOrder['open'] = async (part, scope) => {
      if (part === last) run.abort(new Error('no longer wanted'))
      return unpacked.open(part, scope)
    }
    await expect(unpackBase({ ...unpacked, open: stopping }, run)).rejects.toThrow('no longer wanted')
    expect(readdirSync(at('missing'))).toEqual([])
  })

  it('without its backup_label is refused: a server would start from it, and be wrong (fault 65)', async () => {
    const unpacked = order('unlabelled')
    const archive = at('unlabelled.tar')
    execFileSync('cp', [at('parts', 'base-1.tar'), archive])
    execFileSync('tar', ['--delete', '-f', archive, 'backup_label'])
    const open: UnpackOrder['open'] = async (part, run) =>
      part.file === 'base-1.tar' ? Readable.from([readFileSync(archive)]) : unpacked.open(part, run)
    const refused = await failureOf(unpackBase({ ...unpacked, open }, makeTestRun()))
    expect(refused).toMatchObject({ code: 'object-damaged', message: expect.stringContaining('backup_label') })
    expect(readdirSync(at('unlabelled'))).toEqual([])
  })

  it('is never unpacked into what exists', async () => {
    const unpacked = order('taken')
    mkdirSync(unpacked.tablespaceFolder(String(taken.facts.tablespaces[0]?.oid)))
    expect(await failureOf(unpackBase(unpacked, makeTestRun()))).toMatchObject({ code: 'target-exists' })
    expect(readdirSync(at('taken'))).toHaveLength(1)
  })
})

it('of a standby it does not follow a server by itself', async () => {
  const pg = await startPostgres()
  const standby = await startStandby(pg)
  await standby.caughtUp()
  await using dir = await tempDir('unpack')
  mkdirSync(path.join(dir.path, 'parts'))
  const taken = await takeBase(
    pg.source({ connection: { port: standby.port } }),
    path.join(dir.path, 'parts'),
    makeTestRun(),
  )
  await standby.close()
  await pg.close()
  const directory = path.join(dir.path, 'data')
  const { open, manifest } = readableBase(taken)
  expect(readFileSync(path.join(dir.path, 'parts', 'backup_manifest'), 'utf8')).toContain('"standby.signal"')
  await unpackBase({ open, manifest, directory, tablespaceFolder: () => '' }, makeTestRun())
  expect(existsSync(path.join(directory, 'standby.signal'))).toBe(false)
  expect(existsSync(path.join(directory, 'backup_label'))).toBe(true)
})

describe('a base backup that somebody forged', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  type Entry = Partial<Header> & { name: string } & { content?: string; listedAs?: string }

  /** With a list that fits, so that nothing but the entries themselves is wrong. */
  async function forged(entries: Entry[]): Promise<Pick<UnpackOrder, 'manifest' | 'open'>> {
    const archive = pack()
    for (const { content, listedAs: _, ...header } of entries) archive.entry(header, content ?? '')
    archive.finalize()
    const files = entries.filter(({ type = 'file' }) => type === 'file')
    const lines = files.map(({ name, listedAs = name, content = '' }) =>
      JSON.stringify({
        Path: listedAs,
        Size: content.length,
        'Checksum-Algorithm': 'SHA256',
        Checksum: sha256(content),
      }),
    )
    const before = `{ "PostgreSQL-Backup-Manifest-Version": 1,\n"Files": [\n${lines.join(',\n')}\n],\n`
    const bytes: Record<string, Buffer> = {
      'base-1.tar': await buffer(Readable.from(archive)),
      backup_manifest: Buffer.from(`${before}"Manifest-Checksum": "${sha256(before)}"}\n`),
    }
    const part = (role: string, file: string): ManifestPart => ({
      ...{
        role,
        file,
        sourceBytes: bytes[file]?.length ?? 0,
        sourceSha256: sha256(''),
        storedBytes: 1,
        storedSha256: sha256(''),
      },
      ...{ compression: 'none', encrypted: false, facts: {} },
    })
    return {
      manifest: { parts: [part('base', 'base-1.tar'), part('manifest', 'backup_manifest')] },
      open: async ({ file }) => Readable.from([bytes[file] ?? Buffer.alloc(0)]),
    }
  }

  const file = (name: string, content = 'x'): Entry => ({ name, content })
  it.each<[string, Entry[]]>([
    ['goes up', [file('../outside')]],
    ['goes up on its way', [file('base/../../outside')]],
    ['starts at the root', [file('/tmp/holdfast-outside')]],
    ['is the folder itself', [{ name: './', type: 'directory' }]],
    ['is a link', [{ name: 'base', type: 'symlink', linkname: '/tmp' }, file('base/outside')]],
    ['is a further name', [file('a'), { name: 'b', type: 'link', linkname: 'a' }]],
    ['is a device', [{ name: 'null', type: 'character-device', devmajor: 1, devminor: 3 }]],
    ['comes twice', [file('a'), file('a')]],
    ['comes twice in other words', [file('a'), { ...file('./a'), listedAs: 'a' }]],
    ['is not listed', [{ ...file('a'), listedAs: 'b' }]],
    ['is a file for one program and a folder for another', [{ ...file('a/'), listedAs: 'a' }]],
    ['is a folder where a file is', [file('a'), { name: 'a', type: 'directory' }]],
    ['lies in a file', [file('a'), file('a/b')]],
    ['is log', [file('pg_wal/000000010000000000000001')]],
    ['is a place for a tablespace that is not in the backup', [file('tablespace_map', '16384 /etc\n')]],
  ])('with something that %s is refused, and writes nothing elsewhere', async (_what, entries) => {
    await using dir = await tempDir('forged')
    mkdirSync(path.join(dir.path, 'in'))
    const directory = path.join(dir.path, 'in', 'data')
    const { manifest, open } = await forged(entries)
    const unpacking = unpackBase({ manifest, open, directory, tablespaceFolder: () => '' }, makeTestRun())
    expect(await failureOf(unpacking)).toMatchObject({ code: 'object-damaged' })
    expect(readdirSync(dir.path, { recursive: true })).toEqual(['in'])
    expect(existsSync('/tmp/holdfast-outside')).toBe(false)
  })

  it('gives no file rights that it asks for', async () => {
    await using dir = await tempDir('forged')
    const directory = path.join(dir.path, 'data')
    const { manifest, open } = await forged([{ ...file('a'), mode: 0o6777, uid: 12, gid: 12 }])
    await unpackBase({ manifest, open, directory, tablespaceFolder: () => '' }, makeTestRun())
    const { mode, uid } = statSync(path.join(directory, 'a'))
    expect({ mode: mode & 0o7777, uid }).toEqual({ mode: 0o600, uid: process.getuid?.() })
  })
})
