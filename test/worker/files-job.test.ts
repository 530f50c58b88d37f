import { execFileSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { appendFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSourceSchema } from '@/lib/contracts/source'
import { deleteBackup } from '@/lib/services/backup/delete-backup'
import { getBackup } from '@/lib/services/backup/get-backup'
import { openDownload } from '@/lib/services/backup/open-download'
import { startBackup } from '@/lib/services/backup/start-backup'
import { startRestore } from '@/lib/services/restore/start-restore'
import { getRestoreTest } from '@/lib/services/restore-test/get-restore-test'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { createSource } from '@/lib/services/source/create-source'
import { nastyTree, treeDigest } from '../helpers/engines/files'
import { startProduct, type Product } from '../helpers/product'

describe('the main job on a folder', () => {
  let product: Product
  let base: string
  let root: string
  let sourceId: string
  let destinationId: string
  let [full, increment, digestThen] = ['', '', '']

  const add = async (connection: object) =>
    (
      await createSource({
        ctx: product.ctx,
        input: createSourceSchema.parse({ name: `files ${crypto.randomUUID()}`, engine: 'files', connection }),
      })
    ).id
  const backUp = async (kind: 'snapshot' | 'incremental', source = sourceId) => {
    const input = { sourceId: source, kind, destinationIds: [destinationId] }
    return product.finished((await startBackup({ ctx: product.ctx, input })).jobId)
  }
  const restore = async (backupId: string, target: Record<string, unknown>) =>
    product.finished((await startRestore({ ctx: product.ctx, input: { backupId, target } })).jobId)

  beforeAll(async () => {
    product = await startProduct()
    base = await mkdtemp(path.join(tmpdir(), 'hf-files-job-'))
    root = path.join(base, 'root')
    await mkdir(root)
    nastyTree(root)
    sourceId = await add({ root, exclude: ['*.tmp', 'closed'] })
    await writeFile(path.join(root, 'docs/left.tmp'), 'left out')
    destinationId = (await product.addLocalDestination()).id
    await product.startWorker()
  })
  afterAll(async () => {
    await product?.close()
    if (base) await rm(base, { recursive: true, force: true })
  })

  it('takes a full backup, and one of what changed that builds on it', async () => {
    const first = await backUp('snapshot')
    expect(first).toMatchObject({ state: 'succeeded' })
    full = first.backupId ?? ''
    digestThen = treeDigest(root)
    await appendFile(path.join(root, 'docs/numbers.txt'), 'more\n')
    await rm(path.join(root, 'empty'), { recursive: true })
    await writeFile(path.join(root, 'added'), 'added')
    const second = await backUp('incremental')
    expect(second).toMatchObject({ state: 'succeeded' })
    increment = second.backupId ?? ''
    const [whole, part] = await Promise.all(
      [full, increment].map((id) => getBackup({ ctx: product.ctx, input: { id } })),
    )
    expect(whole).toMatchObject({ kind: 'snapshot', status: 'succeeded', engine: 'files' })
    expect(whole?.manifest).toMatchObject({ chain: null })
    expect(part).toMatchObject({ kind: 'incremental', status: 'succeeded' })
    expect(part?.manifest).toMatchObject({ chain: { base: full, parent: full } })
    expect(part?.sourceBytes).toBeLessThan(whole?.sourceBytes ?? 0)
    // The pipe was seen, and said to be left out.
    expect(whole?.log).toContain('pipe')
  })

  it('proves the chain, and each file of it', async () => {
    const input = { backupId: increment, level: 'comprehensive' as const }
    const job = await product.finished((await startRestoreTest({ ctx: product.ctx, input })).jobId)
    const test = await getRestoreTest({ ctx: product.ctx, input: { id: job.restoreTestId ?? '' } })
    expect(test.checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
    expect(test.checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['object-inventory', 'owners-and-rights', 'object-count', 'content']),
    )
    expect(await getBackup({ ctx: product.ctx, input: { id: increment } })).toMatchObject({ verified: 'proven' })
  })

  it('does not delete what another backup builds on', async () => {
    await expect(deleteBackup({ ctx: product.ctx, input: { id: full } })).rejects.toMatchObject({
      code: expect.any(String),
      message: expect.stringMatching(/need|build/i),
    })
  })

  it('restores both, without what was excluded', async () => {
    const [old, now] = [path.join(base, 'old'), path.join(base, 'now')]
    expect(await restore(full, { path: old })).toMatchObject({ state: 'succeeded' })
    expect(await restore(increment, { path: now })).toMatchObject({ state: 'succeeded' })
    for (const name of ['docs/left.tmp', 'closed', 'pipe']) await rm(path.join(root, name), { recursive: true })
    // Removing them changed the times of the folders that they were in.
    const touch = `touch -r "$1/docs" "$2/docs"; touch -r "$1" "$2"`
    execFileSync('bash', ['-c', touch, 'bash', now, root])
    expect(treeDigest(now)).toBe(treeDigest(root))
    expect(treeDigest(old)).not.toBe(digestThen)
    expect(await readdir(old)).toContain('empty')
    expect(await restore(increment, { path: now })).toMatchObject({ error: { code: 'target-exists' } })
  })

  it('restores single files, and nothing else', async () => {
    const place = path.join(base, 'single')
    const only = ['docs/hard', 'docs/ü name 漢字']
    expect(await restore(increment, { path: place, only })).toMatchObject({ state: 'succeeded' })
    const found = execFileSync('find', ['.', '!', '-type', 'd'], { cwd: place, encoding: 'utf8' })
    expect(found.trim().split('\n').toSorted()).toEqual(only.map((name) => `./${name}`).toSorted())
    execFileSync('cmp', [path.join(place, 'docs/hard'), path.join(root, 'docs/numbers.txt')])
    expect(await restore(increment, { path: path.join(base, 'none'), only: ['no/such'] })).toMatchObject({
      error: { code: 'target-unfit' },
    })
  })

  it('replaces a folder only when its path was confirmed, and keeps what was there', async () => {
    const place = path.join(base, 'live')
    await mkdir(place)
    await writeFile(path.join(place, 'precious'), 'precious')
    const target = { mode: 'in-place', path: place }
    expect(await restore(increment, target)).toMatchObject({ error: { code: 'target-unfit' } })
    expect(await readdir(place)).toEqual(['precious'])
    expect(await restore(increment, { ...target, confirm: place })).toMatchObject({ state: 'succeeded' })
    expect(treeDigest(place)).toBe(treeDigest(root))
    const kept = (await readdir(base)).find((name) => name.startsWith('live.before-restore-'))
    expect(await readdir(path.join(base, kept ?? 'gone'))).toEqual(['precious'])
  })

  it('refuses the folders of Holdfast and of its destinations, as sources and as targets', async () => {
    for (const own of [product.home, path.dirname(product.home)]) {
      expect(await backUp('snapshot', await add({ root: own }))).toMatchObject({ error: { code: 'source-is-own' } })
    }
    expect(await restore(full, { path: path.join(product.home, 'restored') })).toMatchObject({
      error: { code: 'target-invalid' },
    })
  })

  it('takes a full backup where there is none to build on in the destination', async () => {
    const other = await product.addLocalDestination()
    const input = { sourceId, kind: 'incremental' as const, destinationIds: [other.id] }
    const job = await product.finished((await startBackup({ ctx: product.ctx, input })).jobId)
    const backup = await getBackup({ ctx: product.ctx, input: { id: job.backupId ?? '' } })
    expect(backup).toMatchObject({ kind: 'snapshot', status: 'succeeded' })
    expect(backup.log).toContain('a full backup is taken')
  })

  it('is downloaded as tar archives with the way to unpack them', async () => {
    const input = { id: full, form: 'plain' as const }
    const download = await openDownload({ ctx: product.ctx, input, signal: new AbortController().signal })
    const [file, folder] = [path.join(base, 'download.tar'), path.join(base, 'downloaded')]
    await pipeline(download.stream, createWriteStream(file))
    await mkdir(folder)
    execFileSync('tar', ['-xf', file, '-C', folder])
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['HOW-TO-RESTORE.txt', 'folders.tar', 'index.jsonl']))
  })
})
