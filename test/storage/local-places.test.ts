import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, open as openFile, readdir, rename, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStorage } from '@/lib/storage'
import { answerInTime } from '@/lib/storage/local/answer-in-time'
import { makeTestRun } from '../helpers/run-context'
import { tempDir } from '../helpers/temp'

const execute = promisify(execFile)
const open = (folder: string) =>
  openStorage({ id: randomUUID(), name: 'folder', kind: 'local', config: { path: folder }, secrets: {} })
const put = (folder: string) => open(folder).put('a/b', Readable.from([Buffer.from('x')]), {}, makeTestRun())

describe('the place of a local destination', () => {
  let root: string
  let remove: () => Promise<void>
  const before = process.env['HOLDFAST_HOME']
  beforeEach(async () => {
    const dir = await tempDir('place')
    root = dir.path
    remove = dir.remove
    process.env['HOLDFAST_HOME'] = path.join(root, 'home')
    for (const name of ['home/keys', 'home/backups', 'folder']) await mkdir(path.join(root, name), { recursive: true })
  })
  afterEach(async () => {
    if (before === undefined) delete process.env['HOLDFAST_HOME']
    else process.env['HOLDFAST_HOME'] = before
    await remove()
  })

  it.each(['/proc', '/proc/self/cwd', '/sys/kernel', '/dev', '/dev/shm/x', '/etc', '/etc/../etc/./ssl', '/', '/run/x'])(
    '%s is refused at once, by every use of it (security 31)',
    async (folder) => {
      const refused = { code: 'folder-refused' }
      const run = makeTestRun()
      await expect(open(folder).checkPlace?.(run)).rejects.toMatchObject(refused)
      await expect(put(folder)).rejects.toMatchObject(refused)
      await expect(open(folder).head('a', run)).rejects.toMatchObject(refused)
      await expect(open(folder).space?.(run)).rejects.toMatchObject(refused)
      expect(await open(folder).probe(run)).toMatchObject({ ok: false, error: refused })
    },
  )

  it('is refused in HOLDFAST_HOME and around it, but for its backups (security 31)', async () => {
    for (const folder of ['home', 'home/keys', 'home/new/one', '.']) {
      await expect(put(path.join(root, folder))).rejects.toMatchObject({ code: 'folder-refused' })
    }
    await put(path.join(root, 'home/backups'))
    await put(path.join(root, 'folder'))
  })

  it('is refused when a link leads to it, also where the rest does not exist yet (security 28)', async () => {
    await symlink(path.join(root, 'home/keys'), path.join(root, 'link'))
    await symlink('/etc', path.join(root, 'folder/etc'))
    for (const folder of ['link', 'link/deeper/still', 'folder/etc/holdfast', 'folder/../link']) {
      await expect(open(path.join(root, folder)).checkPlace?.(makeTestRun())).rejects.toMatchObject({
        code: 'folder-refused',
      })
    }
    expect(await readdir(path.join(root, 'home/keys'))).toEqual([])
  })

  it('is refused when it became a link after it was checked (security 28)', async () => {
    const folder = path.join(root, 'folder')
    await open(folder).checkPlace?.(makeTestRun())
    await rename(folder, `${folder}-before`)
    await symlink(path.join(root, 'home/keys'), folder)
    await expect(put(folder)).rejects.toMatchObject({ code: 'folder-refused' })
    expect(await readdir(path.join(root, 'home/keys'))).toEqual([])
  })

  it('is refused when it is the same folder, mounted elsewhere (security 28)', async () => {
    const folder = path.join(root, 'folder')
    await execute('mount', ['--bind', path.join(root, 'home/keys'), folder])
    try {
      await expect(put(folder)).rejects.toMatchObject({ code: 'folder-refused' })
    } finally {
      await execute('umount', [folder])
    }
  })

  it('is refused in the data folder of a PostgreSQL server (security 31)', async () => {
    await writeFile(path.join(root, 'folder/PG_VERSION'), '15\n')
    await mkdir(path.join(root, 'folder/base'))
    for (const folder of ['folder', 'folder/base']) {
      await expect(put(path.join(root, folder))).rejects.toMatchObject({ code: 'folder-refused' })
    }
  })

  it('makes no folder through a link inside of it (security 28)', async () => {
    await symlink(path.join(root, 'home'), path.join(root, 'folder/a'))
    await expect(put(path.join(root, 'folder'))).rejects.toMatchObject({ code: 'storage-denied' })
    expect((await readdir(path.join(root, 'home'))).sort()).toEqual(['backups', 'keys'])
  })

  it('reads nothing from a pipe or a device in the place of an object, and does not wait for it (security 28)', async () => {
    const folder = path.join(root, 'folder')
    await execute('mkfifo', [path.join(folder, 'pipe')])
    await execute('mknod', [path.join(folder, 'device'), 'c', '1', '5'])
    for (const key of ['pipe', 'device']) {
      await expect(open(folder).get(key, null, makeTestRun())).rejects.toMatchObject({ code: 'storage-denied' })
      expect(await open(folder).head(key, makeTestRun())).toBeNull()
    }
  })

  it('that does not answer is left after its time, and costs no second thread while it hangs', async () => {
    const pipe = path.join(root, 'pipe')
    await execute('mkfifo', [pipe])
    let looks = 0
    // To open a pipe that nobody writes to hangs in the kernel, as a dead network mount does.
    const look = () => {
      looks += 1
      return openFile(pipe, 'r')
    }
    let reader: Awaited<ReturnType<typeof look>> | undefined
    const first = answerInTime('/a/mount', async () => (reader = await look()), 50)
    await expect(first).rejects.toMatchObject({ code: 'storage-unreachable', transient: true })
    await expect(answerInTime('/a/mount', look, 50)).rejects.toMatchObject({ code: 'storage-unreachable' })
    expect(looks).toBe(1)
    expect(await answerInTime('/another', () => Promise.resolve('answers'), 60_000)).toBe('answers')
    const writer = await openFile(pipe, 'w')
    await expect
      .poll(() => answerInTime('/a/mount', () => Promise.resolve('answers')).catch(() => null))
      .toBe('answers')
    await writer.close()
    await reader?.close()
  })
})
