import { execFileSync, spawnSync } from 'node:child_process'
import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBackup } from '@/lib/services/backup/start-backup'
import { startCopy } from '@/lib/services/copy/start-copy'
import { getRecoveryKit } from '@/lib/services/recovery-kit/get-recovery-kit'
import { createRecoveryKit } from '@/lib/services/settings/create-recovery-kit'
import { startCare } from '@/lib/services/storage-care/start-care'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { startProduct, type Product } from '../helpers/product'
import { makeBucket, type TestBucket } from '../helpers/servers/s3'
import { tempDir } from '../helpers/temp'
import { waitFor } from '../helpers/wait-for'

describe('backups from before the recovery kit are wrapped for it', () => {
  let product: Product
  let pg: TestPostgres
  let bucket: TestBucket
  let dir: Awaited<ReturnType<typeof tempDir>>
  let sourceId: string
  let north: { id: string; folder: string }
  let south: string
  const ids: string[] = []
  const kits: string[] = []

  beforeAll(async () => {
    ;[product, pg, bucket, dir] = await Promise.all([startProduct(), startPostgres(), makeBucket(), tempDir('rewrap')])
    await pg.sql('CREATE TABLE item AS SELECT generate_series(1, 500) AS id')
    sourceId = await product.addSource(pg.source(), { maxAttempts: 1 })
    north = await product.addLocalDestination('north')
    south = await product.addDestination(bucket.spec({ lifecycleSafetyNet: false }), 'south')
    await product.startWorker()
    for (let n = 0; n < 3; n += 1) ids.push(await back())
  }, 120_000)
  afterAll(async () => {
    await product?.close()
    await pg?.close()
    bucket?.close()
    await dir?.remove()
  })

  const back = async () => {
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds: [north.id, south] } })
    const job = await product.finished(jobId)
    expect(job.state).toBe('succeeded')
    return job.backupId ?? ''
  }
  const makeKit = async () => {
    kits.push((await createRecoveryKit({ ctx: product.ctx, input: { replace: true } })).text)
  }
  const opened = async () => (await getRecoveryKit({ ctx: product.ctx })).backups
  const allOpen = () =>
    waitFor(
      'the kit to open all',
      async () => {
        const { opened: open, total } = await opened()
        return open === total
      },
      60_000,
    )
  const pathOf = async (id: string) => (await product.ctx.db.backup.findUniqueOrThrow({ where: { id } })).repositoryPath
  const filesIn = async (id: string, place = north.folder) => (await readdir(path.join(place, await pathOf(id)))).sort()
  /** Opens a copy as the kit says: with the kit, age and zstd alone. Answers how many bytes came out. */
  const openByHand = async (id: string, kit: string, fetch: (folder: string, to: string) => Promise<unknown>) => {
    const to = path.join(dir.path, `hand-${Math.random()}`)
    await fetch(await pathOf(id), to)
    await writeFile(path.join(to, 'holdfast-recovery-kit.txt'), kit)
    const unwrap = /^# *(for file in identity.*)$/m.exec(kit)?.[1] ?? ''
    const script = `set -o pipefail; ${unwrap}\nage -d -i backup.key archive.dump.zst.age | zstd -dc | wc -c`
    const run = spawnSync('bash', ['-ec', script], { cwd: to })
    return run.status === 0 ? Number(run.stdout.toString()) : 0
  }
  const fromNorth = (folder: string, to: string) => cp(path.join(north.folder, folder), to, { recursive: true })
  const fromSouth = async (folder: string, to: string) => {
    execFileSync('mkdir', ['-p', to])
    for (const name of (await bucket.names()).filter((each) => each.startsWith(folder))) {
      await writeFile(path.join(to, path.basename(name)), await bucket.read(name))
    }
  }

  it('at once, in every copy, beside the key that is there, and the kit then opens them (security 3, 4, 5, 19)', async () => {
    const before = await readFile(path.join(north.folder, await pathOf(ids[0] ?? ''), 'identity.age'))
    expect(await opened()).toEqual({ total: 3, opened: 0 })
    await makeKit()
    await allOpen()
    expect(await opened()).toEqual({ total: 3, opened: 3 })
    for (const id of ids) {
      expect(await filesIn(id)).toEqual(
        expect.arrayContaining(['identity.age', expect.stringMatching(/^identity-[0-9a-f]{12}\.age$/)]),
      )
      expect(await openByHand(id, kits[0] ?? '', fromNorth)).toBeGreaterThan(1_000)
      expect(await openByHand(id, kits[0] ?? '', fromSouth)).toBeGreaterThan(1_000)
    }
    expect((await readFile(path.join(north.folder, await pathOf(ids[0] ?? ''), 'identity.age'))).equals(before)).toBe(
      true,
    )
  }, 120_000)

  it('a new kit opens them too, the old one goes on, and a strange one opens nothing', async () => {
    await makeKit()
    await allOpen()
    ids.push(await back())
    const [oldest = '', , , newest = ''] = ids
    expect(await openByHand(oldest, kits[1] ?? '', fromNorth)).toBeGreaterThan(1_000)
    expect(await openByHand(oldest, kits[0] ?? '', fromNorth)).toBeGreaterThan(1_000)
    expect(await openByHand(newest, kits[1] ?? '', fromNorth)).toBeGreaterThan(1_000)
    // Made for the old kit alone, and never told to anybody: what was taken after it was replaced stays closed to it.
    expect(await openByHand(newest, kits[0] ?? '', fromNorth)).toBe(0)
  }, 120_000)

  it('a destination that is away is reported and made up for by itself; a copy made meanwhile has the later keys as well', async () => {
    const away = `${north.folder}-unmounted`
    await rename(north.folder, away)
    await makeKit()
    const job = await waitFor(
      'the job that could not do all',
      () => product.ctx.db.job.findFirst({ where: { kind: 'rewrap', state: 'partial' } }),
      100_000,
    )
    expect(job.error).toMatchObject({ code: 'rewrap-incomplete', message: expect.stringMatching(/^4 copies .*north/) })
    expect(await opened()).toEqual({ total: 4, opened: 0 })
    expect(await openByHand(ids[0] ?? '', kits[2] ?? '', fromSouth)).toBeGreaterThan(1_000)

    const later = await product.addLocalDestination('later')
    const { jobId } = await startCopy({ ctx: product.ctx, input: { backupId: ids[0] ?? '', destinationId: later.id } })
    expect((await product.finished(jobId)).state).toBe('succeeded')
    const inSouth = (await bucket.names())
      .filter((name) => name.includes(ids[0] ?? ''))
      .map((name) => path.basename(name))
    expect(await filesIn(ids[0] ?? '', later.folder)).toEqual(inSouth.sort())
    expect(inSouth).toContain('RESTORE.md')

    await rename(away, north.folder)
    await product.ctx.db.job.updateMany({ where: { kind: 'rewrap' }, data: { createdAt: new Date(0) } })
    await waitFor('the kit to open all', async () => (await opened()).opened === 4, 100_000)
    expect(await openByHand(ids[0] ?? '', kits[2] ?? '', fromNorth)).toBeGreaterThan(1_000)
  }, 300_000)

  it('the inventory knows the keys as ours, and a key that was taken away is written again', async () => {
    const id = ids[0] ?? ''
    const care = async () => {
      const { jobId } = await startCare({ ctx: product.ctx, input: { id: north.id, kind: 'inventory' } })
      expect((await product.finished(jobId)).state).toBe('succeeded')
    }
    await care()
    expect(await product.ctx.db.storageFinding.findMany({ where: { key: { contains: 'identity' } } })).toEqual([])
    const before = await filesIn(id)
    for (const file of before.filter((name) => /^identity-/.test(name))) {
      await rm(path.join(north.folder, await pathOf(id), file))
    }
    await care()
    expect((await opened()).opened).toBe(3)
    await waitFor('it to be wrapped again', async () => (await opened()).opened === 4, 100_000)
    expect(await openByHand(id, kits[2] ?? '', fromNorth)).toBeGreaterThan(1_000)
  }, 200_000)
})
