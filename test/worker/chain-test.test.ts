import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RestoreTestLevel } from '@/lib/contracts/schedule'
import { createSourceSchema } from '@/lib/contracts/source'
import { getBackup } from '@/lib/services/backup/get-backup'
import { startBackup } from '@/lib/services/backup/start-backup'
import { getRestoreTest } from '@/lib/services/restore-test/get-restore-test'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { createSource } from '@/lib/services/source/create-source'
import { startProduct, type Product } from '../helpers/product'

/** What happens to the full backup in the store, by plain means: to one of its files, which has these bytes. */
const losses: Record<string, { file: RegExp; act: (file: string, bytes: Buffer) => Promise<void>; told: RegExp }> = {
  'an object of it is missing': { file: /^files-1\.tar/, act: (file) => rm(file), told: /files-1\.tar.* is missing/ },
  'an object of it is shorter': {
    file: /^folders\.tar/,
    act: (file, bytes) => truncate(file, bytes.length - 1),
    told: /folders\.tar.* has \d+ bytes instead of/,
  },
  'its manifest is missing': { file: /^manifest\.json$/, act: (file) => rm(file), told: /manifest\.json/ },
  'its manifest is another': {
    file: /^manifest\.json$/,
    act: (file, bytes) => writeFile(file, Buffer.concat([bytes, Buffer.from(' ')])),
    told: /manifest in the store is not the one that was written/,
  },
  'its key is missing': { file: /^identity\.age$/, act: (file) => rm(file), told: /identity\.age/ },
}

describe('a restore test of a backup that builds on others', () => {
  let product: Product
  let base: string
  let store: { id: string; folder: string }
  const chain: string[] = []

  beforeAll(async () => {
    product = await startProduct()
    base = await mkdtemp(path.join(tmpdir(), 'hf-chain-'))
    const root = path.join(base, 'root')
    await mkdir(root)
    const input = createSourceSchema.parse({ name: 'files', engine: 'files', connection: { root } })
    const source = await createSource({ ctx: product.ctx, input })
    store = await product.addLocalDestination()
    await product.startWorker()
    for (const kind of ['snapshot', 'incremental', 'incremental'] as const) {
      await writeFile(path.join(root, `file ${chain.length}`), 'content')
      const asked = { sourceId: source.id, kind, destinationIds: [store.id] }
      const job = await product.finished((await startBackup({ ctx: product.ctx, input: asked })).jobId)
      expect(job).toMatchObject({ state: 'succeeded' })
      chain.push(job.backupId ?? '')
    }
  })
  afterAll(async () => {
    await product?.close()
    if (base) await rm(base, { recursive: true, force: true })
  })

  const test = async (level: RestoreTestLevel) => {
    const input = { backupId: chain.at(-1) ?? '', level }
    const job = await product.finished((await startRestoreTest({ ctx: product.ctx, input })).jobId)
    const { verdict, checks } = await getRestoreTest({ ctx: product.ctx, input: { id: job.restoreTestId ?? '' } })
    return { verdict, checks, ofChain: checks.filter(({ name }) => name === 'chain-present') }
  }
  const verified = async () => (await getBackup({ ctx: product.ctx, input: { id: chain.at(-1) ?? '' } })).verified

  it('passes while all of them are there, and says so', async () => {
    const quick = await test('quick')
    expect(quick).toMatchObject({ verdict: 'passed' })
    expect(quick.ofChain).toEqual([expect.objectContaining({ detail: expect.stringContaining('2 backups') })])
    expect(await test('standard')).toMatchObject({ verdict: 'passed' })
  })

  it.each(Object.entries(losses))('fails, and names the full one, when %s', async (_, { file, act, told }) => {
    const [full = ''] = chain
    const { repositoryPath } = await product.ctx.db.backup.findUniqueOrThrow({ where: { id: full } })
    const folder = path.join(store.folder, repositoryPath)
    const name = (await readdir(folder)).find((one) => file.test(one))
    const place = path.join(folder, name ?? 'none')
    const bytes = await readFile(place)
    await act(place, bytes)
    try {
      for (const level of ['quick', 'standard'] as const) {
        const { verdict, checks, ofChain } = await test(level)
        expect(verdict).toBe('failed')
        expect(ofChain).toEqual([expect.objectContaining({ verdict: 'failed', detail: expect.stringMatching(told) })])
        expect(ofChain[0]?.detail).toContain(full)
        // Its own copy is there; nothing was restored.
        expect(checks.filter((check) => check.verdict === 'passed').map((check) => check.name)).toEqual([
          level === 'quick' ? 'copy-reads-back' : 'copy-present',
        ])
      }
      expect(await verified()).toBe('broken')
      const copy = await product.ctx.db.backupCopy.findFirstOrThrow({ where: { backupId: full } })
      expect(['missing', 'damaged']).toContain(copy.state)
    } finally {
      await writeFile(place, bytes)
      // One that was found damaged is whole again once it was read back; one that was missing once it was seen.
      const input = { backupId: full, level: 'quick' as const }
      if ((await product.ctx.db.backupCopy.findFirstOrThrow({ where: { backupId: full } })).state === 'damaged')
        await product.finished((await startRestoreTest({ ctx: product.ctx, input })).jobId)
      else await test('quick')
    }
    expect(await test('standard')).toMatchObject({ verdict: 'passed' })
    expect(await verified()).toBe('proven')
  })

  it('says of one whose bytes were found to be others that it is damaged, although its size is right', async () => {
    await product.ctx.db.backupCopy.updateMany({ where: { backupId: chain[1] ?? '' }, data: { state: 'damaged' } })
    const { verdict, ofChain } = await test('quick')
    expect(verdict).toBe('failed')
    expect(ofChain[0]?.detail).toContain(chain[1])
    await product.ctx.db.backupCopy.updateMany({ where: { backupId: chain[1] ?? '' }, data: { state: 'stored' } })
  })
})
