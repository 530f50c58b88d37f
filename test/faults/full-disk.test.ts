import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDestinationSchema } from '@/lib/contracts/destination'
import { startBackup } from '@/lib/services/backup/start-backup'
import { createDestination } from '@/lib/services/destination/create-destination'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { looseEnds } from '../storage/loose-ends'
import { smallDisk, type SmallDisk } from '../helpers/faults/fault-disk'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { startProduct, type Product, type WorkerProcess } from '../helpers/product'
import { restorableSet, strayObjects } from '../helpers/databases/restorable-set'
import { tempDir } from '../helpers/temp'
import { waitFor } from '../helpers/wait-for'

const rows = `CREATE TABLE item AS SELECT id, encode(sha512(id::text::bytea), 'hex') AS text FROM generate_series(1, 60000) AS id`
const realBin = '/usr/lib/postgresql/15/bin'

describe('a disk that is full', () => {
  let product: Product
  let pg: TestPostgres
  let folder: Awaited<ReturnType<typeof tempDir>>
  let sourceId: string
  let disk: SmallDisk
  let small: string
  let large: string
  let sandboxDisk: SmallDisk
  let backupId: string
  let worker: WorkerProcess

  beforeAll(async () => {
    ;[product, pg] = await Promise.all([startProduct(), startPostgres()])
    await pg.sql(rows)
    sourceId = await product.addSource(pg.source(), { maxAttempts: 1, compression: 'none' })
    // Neither backups nor programs that the sandbox's user runs have their place in the home.
    folder = await tempDir('full-disk')
    await chmod(folder.path, 0o711)
    disk = await smallDisk(path.join(folder.path, 'small'), 16)
    const config = { path: disk.path }
    const spec = createDestinationSchema.parse({ name: 'small disk', kind: 'local', config })
    small = (await createDestination({ ctx: product.ctx, input: spec })).id
    large = (await product.addLocalDestination()).id
    // The sandbox's user must be able to reach the sandboxes, else they are made beside the home.
    await chmod(product.home, 0o711)
    sandboxDisk = await smallDisk(path.join(product.home, 'sandboxes'), 400)
    worker = await product.startWorker({ HOLDFAST_PG_BIN: await fillingPrograms() })
    const job = await back([small, large])
    expect(job.state).toBe('succeeded')
    backupId = job.backupId ?? ''
  })
  afterAll(async () => {
    await worker.stop()
    await disk.close()
    await sandboxDisk.close()
    await product.close()
    await pg.close()
    await folder.remove()
  })

  /** Programs whose initdb nearly fills the disk afterwards when the file `fill-now` is there. */
  const fillingPrograms = async () => {
    const bin = path.join(folder.path, 'bin')
    await mkdir(bin)
    await chmod(bin, 0o755)
    for (const name of await readdir(realBin)) {
      if (name !== 'initdb') await symlink(path.join(realBin, name), path.join(bin, name))
    }
    const script = `#!/bin/bash
${realBin}/initdb "$@" || exit
[ ! -e ${folder.path}/fill-now ] || head -c $(($(stat -f -c '%a * %S' .) - 4000000)) /dev/zero > ballast
`
    await writeFile(path.join(bin, 'initdb'), script)
    await chmod(path.join(bin, 'initdb'), 0o755)
    return bin
  }
  const back = async (destinationIds: string[]) => {
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds } })
    return product.finished(jobId)
  }
  const test = async () => {
    const { jobId } = await startRestoreTest({ ctx: product.ctx, input: { backupId, level: 'standard' } })
    return product.finished(jobId)
  }
  const nothingHalf = async () => {
    await waitFor('whole backups only', async () => (await strayObjects(product.ctx)).length === 0)
    // One that is being written this moment has such an end too.
    await waitFor('no loose ends', async () => (await looseEnds(disk.path)).length === 0)
  }

  it('of the only destination fails the backup, leaves nothing half, and keeps the older one (fault 22, fault 31)', async () => {
    const before = await restorableSet(product.ctx)
    expect(await back([small])).toMatchObject({ state: 'failed', error: { code: 'storage-full' } })
    await nothingHalf()
    expect(await restorableSet(product.ctx)).toEqual(before)
  })

  it('of one of two destinations makes the backup partial, never green (fault 22, fault 33)', async () => {
    const before = await restorableSet(product.ctx)
    const job = await back([small, large])
    expect(job).toMatchObject({ state: 'partial', error: { code: 'copy-failed' } })
    // Else it is tried again in the middle of what follows (worker/copies is about that).
    await product.ctx.db.backupCopy.updateMany({ where: { state: 'failed' }, data: { retryAt: null } })
    await nothingHalf()
    const after = await restorableSet(product.ctx)
    expect(after.filter((line) => !before.includes(line))).toEqual([expect.stringMatching(`^${job.backupId}@folder`)])
  })

  it('at its very end, where only the manifest does not fit, fails the backup (fault 22)', async () => {
    const before = await restorableSet(product.ctx)
    const empty = await disk.fill(2_000)
    expect(await back([small])).toMatchObject({ state: 'failed', error: { code: 'storage-full' } })
    await empty()
    await nothingHalf()
    expect(await restorableSet(product.ctx)).toEqual(before)
  })

  it('for the sandbox leaves a restore test undecided, before it starts and in its middle (fault 22)', async () => {
    const before = await restorableSet(product.ctx)
    const empty = await sandboxDisk.fill(50_000_000)
    expect(await test()).toMatchObject({ state: 'failed', error: { code: 'sandbox-unavailable' } })
    await empty()
    await writeFile(path.join(folder.path, 'fill-now'), '')
    expect(await test()).toMatchObject({ state: 'failed', error: { code: 'sandbox-unavailable' } })
    const tests = await product.ctx.db.restoreTest.findMany({ where: { backupId } })
    expect(tests.map((row) => row.verdict)).toEqual(['inconclusive', 'inconclusive'])
    // The test's own traces are gone, and the backup is not blamed.
    expect(await readdir(sandboxDisk.path)).toEqual([])
    expect(await restorableSet(product.ctx)).toEqual(before)
  })
})
