import { execFile } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Storage } from '@/lib/ports/storage'
import { openStorage } from '@/lib/storage'
import { makeTestRun } from '../helpers/run-context'
import { tempDir } from '../helpers/temp'
import { looseEnds } from './loose-ends'
import { collect, endless, pieces } from './streams'

const execute = promisify(execFile)
const mebibyte = 1024 * 1024

describe('a local folder', () => {
  let root: string
  let remove: () => Promise<void>
  let storage: Storage
  const open = (folder: string) =>
    openStorage({ id: randomUUID(), name: 'folder', kind: 'local', config: { path: folder }, secrets: {} })

  beforeEach(async () => {
    const dir = await tempDir('local')
    root = dir.path
    remove = dir.remove
    storage = open(root)
  })
  afterEach(() => remove())

  it('writes files that only its own user can read (security 31)', async () => {
    await storage.put('a/b/c', Readable.from([Buffer.from('x')]), {}, makeTestRun())
    expect((await stat(path.join(root, 'a/b/c'))).mode & 0o777).toBe(0o600)
    expect((await stat(path.join(root, 'a/b'))).mode & 0o777).toBe(0o700)
    expect((await stat(path.join(root, 'a/b/c'))).nlink).toBe(1)
  })

  it('says that the folder is missing, and does not make it on a disk that is not mounted', async () => {
    const missing = open(path.join(root, 'not-mounted'))
    const run = makeTestRun()
    const put = missing.put('a', Readable.from([Buffer.from('x')]), {}, run)
    await expect(put).rejects.toMatchObject({ code: 'storage-not-found' })
    await expect(missing.head('a', run)).rejects.toMatchObject({ code: 'storage-not-found' })
    await expect(collect(missing.list('', run))).rejects.toMatchObject({ code: 'storage-not-found' })
    expect(await missing.probe(run)).toMatchObject({ ok: false, error: { code: 'storage-not-found' } })
    expect(await readdir(root)).toEqual([])
  })

  it('a full disk ends the put cleanly and keeps what was there (fault 22, fault 31)', async () => {
    const disk = path.join(root, 'disk')
    await mkdir(disk)
    // A file system of one mebibyte; the tests' servers need root as well.
    await execute('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0700', 'holdfast-test', disk])
    try {
      const small = open(disk)
      const run = makeTestRun()
      await small.put('older', Readable.from([randomBytes(100_000)]), {}, run)
      const body = endless(4 * mebibyte)
      await expect(small.put('a/b/new', body, {}, run)).rejects.toMatchObject({ code: 'storage-full' })
      expect(body.destroyed).toBe(true)
      expect((await collect(small.list('', run))).map((object) => object.key)).toEqual(['older'])
      expect(await looseEnds(disk)).toEqual([])
      await small.put('a/b/new', Readable.from([randomBytes(100_000)]), {}, run)
    } finally {
      await execute('umount', [disk])
    }
  })

  it('neither reads nor writes nor deletes through a link that leads out (security 28)', async () => {
    await using outside = await tempDir('outside')
    await writeFile(path.join(outside.path, 'secret'), 'secret')
    await symlink(outside.path, path.join(root, 'link'))
    await symlink(path.join(outside.path, 'secret'), path.join(root, 'file'))
    const run = makeTestRun()
    await expect(storage.get('link/secret', null, run)).rejects.toMatchObject({ code: 'storage-denied' })
    await expect(storage.get('file', null, run)).rejects.toMatchObject({ code: 'storage-denied' })
    const put = storage.put('link/new', Readable.from([Buffer.from('x')]), {}, run)
    await expect(put).rejects.toMatchObject({ code: 'storage-denied' })
    const over = storage.put('file', Readable.from([Buffer.from('x')]), {}, run)
    await expect(over).rejects.toMatchObject({ code: 'object-exists' })
    expect(await storage.delete(['link/secret'], run)).toMatchObject([{ result: 'refused' }])
    expect(await collect(storage.list('', run))).toEqual([])
    expect(await readdir(outside.path)).toEqual(['secret'])
    expect(await readFile(path.join(outside.path, 'secret'), 'utf8')).toBe('secret')
  })

  it('removes what a killed run left, below the prefix and nowhere else (fault 13)', async () => {
    const run = makeTestRun()
    await storage.put('a/done', Readable.from([Buffer.from('x')]), {}, run)
    await mkdir(path.join(root, 'a/left'))
    await writeFile(path.join(root, 'a/left', `.archive.dump.${randomUUID()}.partial`), 'half')
    await mkdir(path.join(root, 'b'))
    await writeFile(path.join(root, 'b', `.archive.dump.${randomUUID()}.partial`), 'half')
    expect((await collect(storage.list('', run))).map((object) => object.key)).toEqual(['a/done'])
    expect(await storage.abortUploads('a/', run)).toEqual(['a/left/archive.dump'])
    expect(await readdir(path.join(root, 'a'))).toEqual(['done'])
    expect(await readdir(path.join(root, 'b'))).toHaveLength(1)
  })

  it('a file that is cut while it is read is damage, never its end (fault 30)', async () => {
    const run = makeTestRun()
    await storage.put('a', pieces(randomBytes(8 * mebibyte), 65_536), {}, run)
    const stream = await storage.get('a', null, run)
    await truncate(path.join(root, 'a'), mebibyte)
    await expect(buffer(stream)).rejects.toMatchObject({ code: 'object-damaged' })
  })

  it('closes files that were opened and never read', async () => {
    const run = makeTestRun()
    await storage.put('a', Readable.from([Buffer.from('x')]), {}, run)
    const descriptors = async () => (await readdir('/proc/self/fd')).length
    const before = await descriptors()
    const streams = await Promise.all(Array.from({ length: 50 }, () => storage.get('a', null, run)))
    for (const stream of streams) stream.destroy()
    await expect.poll(descriptors).toBeLessThanOrEqual(before)
    await rm(path.join(root, 'a'))
  })
})
