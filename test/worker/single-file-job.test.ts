import { randomBytes } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manifestSchema } from '@/lib/contracts/repository/manifest'
import { createSourceSchema } from '@/lib/contracts/source'
import { getBackup } from '@/lib/services/backup/get-backup'
import { startBackup } from '@/lib/services/backup/start-backup'
import { startRestore } from '@/lib/services/restore/start-restore'
import { createSource } from '@/lib/services/source/create-source'
import { type FaultProxy, startFaultProxy } from '../helpers/faults/fault-proxy'
import { treeDigest } from '../helpers/engines/files'
import { startProduct, type Product } from '../helpers/product'
import { makeBucket, type TestBucket } from '../helpers/servers/s3'
import { testS3 } from '../helpers/servers/servers'

const archive = /\/files-1\.tar[^/?]*(\?|$)/

describe('single files out of a backup on a real S3 store', () => {
  let product: Product
  let bucket: TestBucket
  let proxy: FaultProxy
  let base: string
  let root: string
  let destinationId: string
  let places = 0

  beforeAll(async () => {
    ;[product, bucket, proxy] = await Promise.all([startProduct(), makeBucket(), startFaultProxy(testS3().endpoint)])
    base = await mkdtemp(path.join(tmpdir(), 'hf-single-job-'))
    root = path.join(base, 'root')
    await mkdir(path.join(root, 'docs'), { recursive: true })
    for (const name of ['a', 'z']) await writeFile(path.join(root, name), randomBytes(12_000_000))
    await writeFile(path.join(root, 'docs/letter'), 'Dear reader\n'.repeat(100))
    execFileSync('touch', ['-d', '@1000000000.123456789', 'docs/letter', 'docs'], { cwd: root })
    destinationId = await product.addDestination(
      bucket.spec({ endpoint: proxy.endpoint, lifecycleSafetyNet: false }),
      'S3',
    )
    await product.startWorker()
  })
  afterAll(async () => {
    await product?.close()
    await proxy?.close()
    bucket?.close()
    if (base) await rm(base, { recursive: true, force: true })
  })

  async function backUp(options: object): Promise<string> {
    const name = `files ${crypto.randomUUID()}`
    const input = { name, engine: 'files', connection: { root }, options: { parallelism: 1, ...options } }
    const source = await createSource({ ctx: product.ctx, input: createSourceSchema.parse(input) })
    const order = { sourceId: source.id, kind: 'snapshot' as const, destinationIds: [destinationId] }
    const job = await product.finished((await startBackup({ ctx: product.ctx, input: order })).jobId)
    expect(job).toMatchObject({ state: 'succeeded' })
    return job.backupId ?? ''
  }
  async function restore(backupId: string, only: string[]) {
    const place = path.join(base, `restored ${(places += 1)}`)
    const job = await startRestore({ ctx: product.ctx, input: { backupId, target: { path: place, only } } })
    return { place, job: await product.finished(job.jobId) }
  }
  async function archiveOf(backupId: string) {
    const { manifest } = await getBackup({ ctx: product.ctx, input: { id: backupId } })
    return manifestSchema.parse(manifest).parts.find(({ role }) => role === 'files')
  }
  /** Bytes of the archive that were asked for since; null: all of it at least once. */
  function askedFor(since: number): number | null {
    const reads = proxy.requests
      .slice(since)
      .filter(({ operation, path: at }) => operation === 'GetObject' && archive.test(at))
    expect(reads).not.toEqual([])
    return reads.reduce<number | null>((sum, { range }) => {
      const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? []
      return sum === null || end === undefined ? null : sum + Number(end) - Number(start) + 1
    }, 0)
  }

  it.each([
    ['zstd', 'age'],
    ['none', 'age'],
    ['none', 'none'],
  ] as const)('ask the store for little: compression %s, encryption %s', async (compression, encryption) => {
    const backupId = await backUp({ compression, encryption })
    const file = await archiveOf(backupId)
    const since = proxy.requests.length
    const { place, job } = await restore(backupId, ['docs/letter'])
    expect(job).toMatchObject({ state: 'succeeded' })
    execFileSync('cmp', [path.join(root, 'docs/letter'), path.join(place, 'docs/letter')])
    const letter = /^docs(\/letter)?\|.*$/gm
    expect(treeDigest(place).match(letter)).toEqual(treeDigest(root).match(letter))
    expect(await readdir(place)).toEqual(['docs'])
    expect(file?.storedBytes).toBeGreaterThan(24_000_000)
    expect(askedFor(since)).toBeLessThan(compression === 'zstd' ? 2 * 4_400_000 : 400_000)
    expect(askedFor(since)).toBeGreaterThan(0)
    // What is wanted whole is read whole.
    const later = proxy.requests.length
    expect((await restore(backupId, ['a', 'z'])).job).toMatchObject({ state: 'succeeded' })
    expect(askedFor(later)).toBeNull()
  })

  it('are read out of the whole archive where its compression allows nothing else', async () => {
    const backupId = await backUp({ compression: 'gzip', compressionLevel: 1 })
    const since = proxy.requests.length
    const { place, job } = await restore(backupId, ['docs/letter'])
    expect(job).toMatchObject({ state: 'succeeded' })
    execFileSync('cmp', [path.join(root, 'docs/letter'), path.join(place, 'docs/letter')])
    expect(askedFor(since)).toBeNull()
  })

  it('come back when the archive is damaged elsewhere, and are refused when it is damaged there', async () => {
    const backupId = await backUp({})
    const file = (await archiveOf(backupId))?.file ?? ''
    const key = (await bucket.names()).find((name) => name.includes(backupId) && name.endsWith(file)) ?? ''
    const bytes = await bucket.read(key)
    const flipped = Buffer.from(bytes)
    // Within the last file, and not in its last frame.
    const at = Math.floor(bytes.length * 0.8)
    flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at)
    await bucket.write(key, flipped)
    expect((await restore(backupId, ['docs/letter'])).job).toMatchObject({ state: 'succeeded' })
    const before = await readdir(base)
    expect((await restore(backupId, ['z'])).job).toMatchObject({ error: { code: 'object-damaged' } })
    expect((await restore(backupId, ['a', 'z'])).job).toMatchObject({ error: { code: 'object-damaged' } })
    expect(await readdir(base)).toEqual(before)
  })
})
