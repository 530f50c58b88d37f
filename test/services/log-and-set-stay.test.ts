import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { backupFolder } from '@/lib/core/repository/paths'
import { removeFolder } from '@/lib/services/cleanup/remove-folder'
import { readRepository } from '@/lib/services/signature/read-repository'
import { openStorage } from '@/lib/storage'
import { logAndSetKeys } from '../helpers/log-and-set'
import { makeTestRun } from '../helpers/run-context'
import { tempDir } from '../helpers/temp'

const run = makeTestRun()

/** A folder with logs, a set and one backup of the same source. */
async function repository() {
  const { path, remove } = await tempDir()
  const storage = openStorage({ id: randomUUID(), name: 'folder', kind: 'local', config: { path }, secrets: {} })
  const sourceId = logAndSetKeys[0]?.split('/')[2] ?? ''
  const folder = backupFolder(sourceId, randomUUID(), new Date())
  for (const key of [...logAndSetKeys, `${folder}manifest.json`, `${folder}archive.dump.zst.age`]) {
    await storage.put(key, Readable.from([Buffer.from('x')]), {}, run)
  }
  return { storage, sourceId, folder, remove }
}

it('the removal of a backup leaves the log and the sets of its source', async () => {
  const { storage, folder, remove } = await repository()
  await removeFolder(storage, folder, run)
  const left: string[] = []
  for await (const { key } of storage.list('', run)) left.push(key)
  expect(left).toEqual(logAndSetKeys.toSorted())
  await remove()
})

it('a store that is read without a catalog shows backups, and takes no log and no set for one', async () => {
  const { storage, sourceId, folder, remove } = await repository()
  expect(await readRepository(storage, [], run)).toMatchObject([
    { sourceId, backups: [{ folder, signature: null }], list: null, wrongLists: [] },
  ])
  await remove()
})
