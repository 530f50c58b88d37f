import { execFile } from 'node:child_process'
import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manifestSchema } from '@/lib/contracts/repository/manifest'
import { getBackup } from '@/lib/services/backup/get-backup'
import { startBackup } from '@/lib/services/backup/start-backup'
import { startCleanup } from '@/lib/services/cleanup/start-cleanup'
import { startCopy } from '@/lib/services/copy/start-copy'
import { getEvidenceKey } from '@/lib/services/restore-test/get-evidence-key'
import { startCare } from '@/lib/services/storage-care/start-care'
import { openVault } from '@/lib/vault/open-vault'
import { signDocument } from '@/lib/vault/signed-document'
import { deleteAtOnce } from '../helpers/faults/delete-at-once'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { startProduct, type Product } from '../helpers/product'
import { makeBucket, type TestBucket } from '../helpers/servers/s3'
import { testS3 } from '../helpers/servers/servers'
import { tempDir } from '../helpers/temp'
import { waitFor } from '../helpers/wait-for'
import { buildCli } from '../helpers/build-cli'

const root = path.resolve(import.meta.dirname, '../..')
const cli = path.join(root, 'dist', `test-signed-cli-${process.pid}.mjs`)

describe('signed manifests', () => {
  let product: Product
  let pg: TestPostgres
  let bucket: TestBucket
  let dir: Awaited<ReturnType<typeof tempDir>>
  let sourceId: string
  let north: { id: string; folder: string }
  let south: string
  let keyFile: string
  const ids: string[] = []

  beforeAll(async () => {
    ;[product, pg, bucket, dir] = await Promise.all([startProduct(), startPostgres(), makeBucket(), tempDir('signed')])
    await buildCli(cli)
    await pg.sql('CREATE TABLE item AS SELECT generate_series(1, 50) AS id')
    sourceId = await product.addSource(pg.source(), { maxAttempts: 1 })
    north = await product.addLocalDestination('north')
    south = await product.addDestination(bucket.spec({ lifecycleSafetyNet: false, prefix: 'deep/er' }), 'south')
    await product.startWorker()
    keyFile = path.join(dir.path, 'holdfast-signing-key.pem')
    await writeFile(keyFile, getEvidenceKey({ ctx: product.ctx }).pem)
    for (let n = 0; n < 3; n += 1) ids.push(await back([north.id, south]))
  }, 120_000)
  afterAll(async () => {
    await product?.close()
    await pg?.close()
    bucket?.close()
    await dir?.remove()
    await rm(cli, { force: true })
  })

  const back = async (destinationIds: string[]) => {
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds } })
    const job = await product.finished(jobId)
    expect(job.state).toBe('succeeded')
    await listed()
    return job.backupId ?? ''
  }
  /** Until the lists say what the catalog says: they are written after the job has ended. */
  const listed = () =>
    waitFor('the signed list', async () => (await verify(north.folder)).sources[0]?.findings.length === 0)
  const rowOf = (id: string) => product.ctx.db.backup.findUniqueOrThrow({ where: { id } })
  const folderOf = async (id: string, place = north.folder) => path.join(place, (await rowOf(id)).repositoryPath)
  const run = (file: string, args: string[], options: { cwd?: string; env?: Record<string, string> } = {}) =>
    new Promise<{ code: number; out: string }>((resolve) => {
      const env = {
        PATH: process.env['PATH'],
        NODE_ENV: 'production' as const,
        HOLDFAST_HOME: '/nowhere',
        ...options.env,
      }
      execFile(file, args, { cwd: options.cwd, env }, (error, out, err) =>
        resolve({ code: error ? Number(error.code) : 0, out: out + err }),
      )
    })
  const verify = async (place: string, more: string[] = [], env: Record<string, string> = {}) => {
    const { code, out } = await run(
      process.execPath,
      [cli, 'verify-manifests', place, '--key', keyFile, '--json', ...more],
      { env },
    )
    const json: {
      sources?: {
        newest: { sequence: number } | null
        backups: number
        findings: { kind: string; bad: boolean; message: string }[]
      }[]
    } = JSON.parse(out)
    return { code, sources: json.sources ?? [] }
  }
  const inBucket = () => {
    const { endpoint, accessKeyId, secretAccessKey } = testS3()
    return verify(`s3://${bucket.name}/deep/er`, ['--endpoint', endpoint], {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    })
  }
  /** What is found in a copy of the folder after something was done to it. */
  const tampered = async (change: (place: string) => Promise<unknown>) => {
    const place = path.join(dir.path, `copy-${Math.random()}`)
    await cp(north.folder, place, { recursive: true })
    await change(place)
    const { code, sources } = await verify(place)
    return { code, kinds: sources.flatMap(({ findings }) => findings.map(({ kind }) => kind)).sort() }
  }
  const lists = async (place = north.folder) =>
    (await readdir(path.join(place, 'holdfast/v1', sourceId))).filter((name) => name.startsWith('list-'))
  const inventory = async () => {
    const { jobId } = await startCare({ ctx: product.ctx, input: { id: north.id, kind: 'inventory' } })
    return product.finished(jobId)
  }
  const told = () => product.ctx.db.alert.findMany({ where: { event: 'signature-broken', resolvedAt: null } })

  it('number the backups of a source, each with the hash of the one before, the same in every copy (security 7)', async () => {
    const files = await Promise.all(ids.map(async (id) => readFile(path.join(await folderOf(id), 'manifest.sig.json'))))
    const documents = files.map((bytes) => JSON.parse(bytes.toString()).document)
    expect(documents.map(({ sequence, previous }) => [sequence, previous?.sequence ?? null])).toEqual([
      [1, null],
      [2, 1],
      [3, 2],
    ])
    expect((await rowOf(ids[0] ?? '')).signatureSha256).toBe(documents[1].previous.sha256)
    for (const [index, id] of ids.entries()) {
      const { repositoryPath } = await rowOf(id)
      expect(
        (await bucket.read(`deep/er/${repositoryPath}manifest.sig.json`)).equals(files[index] ?? Buffer.alloc(0)),
      ).toBe(true)
    }
  })

  it('are checked with openssl, jq and sha256sum by the commands that the manifest itself gives (security 7, 14)', async () => {
    const place = path.join(dir.path, 'typed')
    await cp(await folderOf(ids[1] ?? ''), place, { recursive: true })
    await cp(keyFile, path.join(place, 'holdfast-signing-key.pem'))
    const manifestFile = path.join(place, 'manifest.json')
    const text = await readFile(manifestFile, 'utf8')
    const commands = manifestSchema
      .parse(JSON.parse(text))
      .howToRestore.flatMap((line) => /^Check: (.+)$/.exec(line)?.[1] ?? [])
    expect(commands).toHaveLength(3)
    const type = () => run('bash', ['-ec', commands.join('\n')], { cwd: place })
    expect(await type()).toMatchObject({
      code: 0,
      out: expect.stringMatching(/Signature Verified Successfully\s+unchanged/),
    })
    await writeFile(manifestFile, text.replace('"logical"', '"logical" '))
    expect((await type()).code).not.toBe(0)
    await writeFile(manifestFile, text)
    const signatureFile = path.join(place, 'manifest.sig.json')
    await writeFile(signatureFile, (await readFile(signatureFile, 'utf8')).replace('"sequence":2', '"sequence":9'))
    expect((await type()).code).not.toBe(0)
  })

  it('are verified with the folder or the bucket and the public key alone', async () => {
    for (const { code, sources } of [await verify(north.folder), await inBucket()]) {
      expect(sources).toMatchObject([{ backups: 3, newest: { sequence: 3 }, findings: [] }])
      expect(code).toBe(0)
    }
    await writeFile(path.join(dir.path, 'other.pem'), openVault(Buffer.alloc(32, 9)).evidencePublicKey)
    expect(
      await run(process.execPath, [cli, 'verify-manifests', north.folder, '--key', path.join(dir.path, 'other.pem')]),
    ).toMatchObject({ code: 1, out: expect.stringContaining('not trusted') })
  })

  it('show what was forged, removed or put back (security 7)', async () => {
    const [first = '', middle = '', newest = ''] = await Promise.all(
      ids.map(async (id) => (await rowOf(id)).repositoryPath),
    )
    expect(await tampered((place) => rm(path.join(place, middle), { recursive: true }))).toEqual({
      code: 1,
      kinds: ['missing'],
    })
    expect(await tampered((place) => rm(path.join(place, newest, 'manifest.json')))).toEqual({
      code: 1,
      kinds: ['missing'],
    })
    expect(await tampered((place) => rm(path.join(place, first, 'manifest.sig.json')))).toEqual({
      code: 1,
      kinds: ['unsigned'],
    })
    expect(
      await tampered(async (place) => {
        const file = path.join(place, middle, 'manifest.json')
        await writeFile(file, (await readFile(file, 'utf8')).replace('pg_restore', 'pg_restore --clean'))
      }),
    ).toEqual({ code: 1, kinds: ['changed', 'changed'] })
    expect(
      await tampered(async (place) => {
        const stranger = openVault(Buffer.alloc(32, 9))
        const file = path.join(place, middle, 'manifest.sig.json')
        const { document } = JSON.parse(await readFile(file, 'utf8'))
        await writeFile(file, await signDocument(stranger, { ...document, publicKey: stranger.evidencePublicKey }))
      }),
    ).toEqual({ code: 1, kinds: ['forged'] })
    expect(
      await tampered((place) =>
        rename(path.join(place, middle), path.join(place, middle.replace(/T\d{6}Z/, 'T000001Z'))),
      ),
    ).toEqual({ code: 1, kinds: ['changed', 'missing'] })
    expect(
      await tampered(async (place) => {
        for (const name of await lists(place)) await rm(path.join(place, 'holdfast/v1', sourceId, name))
        await rm(path.join(place, middle), { recursive: true })
      }),
    ).toEqual({ code: 1, kinds: ['gap', 'no-list'] })
  })

  it('tell what Holdfast removed from what somebody else did, and a number that a failed run burnt', async () => {
    await product.ctx.db.source.update({ where: { id: sourceId }, data: { lastSequence: { increment: 1 } } })
    ids.push(await back([north.id, south]))
    expect((await rowOf(ids[3] ?? '')).sequence).toBe(5)
    await deleteAtOnce(product.ctx, ids[1] ?? '')
    await product.finished((await startCleanup({ ctx: product.ctx })).jobId)
    await waitFor(
      'the removal',
      async () =>
        !(await readdir(path.dirname(await folderOf(ids[0] ?? '')))).includes(
          path.basename(await folderOf(ids[1] ?? '')),
        ),
    )
    for (const { code, sources } of [await verify(north.folder), await inBucket()]) {
      expect(sources).toMatchObject([{ backups: 3, newest: { sequence: 5 }, findings: [] }])
      expect(code).toBe(0)
    }
    expect(await lists()).toHaveLength(1)
  }, 60_000)

  it('go along with a copy that is made later, and the copy is listed where it lies', async () => {
    const later = await product.addLocalDestination('later')
    const { jobId } = await startCopy({ ctx: product.ctx, input: { backupId: ids[2] ?? '', destinationId: later.id } })
    expect((await product.finished(jobId)).state).toBe('succeeded')
    const [one, other] = await Promise.all(
      [north.folder, later.folder].map(async (place) =>
        readFile(path.join(await folderOf(ids[2] ?? '', place), 'manifest.sig.json')),
      ),
    )
    expect(one?.equals(other ?? Buffer.alloc(0))).toBe(true)
    await waitFor('its list', async () => (await verify(later.folder)).code === 0)
  })

  it('are put back when they are taken away, and it is told (security 7, 25)', async () => {
    const file = path.join(await folderOf(ids[0] ?? ''), 'manifest.sig.json')
    const bytes = await readFile(file)
    await rm(file)
    expect((await inventory()).state).toBe('succeeded')
    expect((await readFile(file)).equals(bytes)).toBe(true)
    expect(await told()).toMatchObject([{ body: expect.stringContaining('manifest.sig.json was removed') }])
    expect((await getBackup({ ctx: product.ctx, input: { id: ids[0] ?? '' } })).verified).toBe('unproven')
    await inventory()
    expect(await told()).toEqual([])
    expect(await product.ctx.db.storageFinding.count()).toBe(0)
  })

  it('a signature that is wrong makes a copy damaged, never green, and it is repaired (security 7)', async () => {
    const file = path.join(await folderOf(ids[0] ?? ''), 'manifest.sig.json')
    const bytes = await readFile(file)
    await writeFile(file, bytes.toString().replace('"sequence":1', '"sequence":8'))
    const longAgo = new Date(Date.now() - 30 * 86_400_000)
    await product.ctx.db.backupCopy.updateMany({ data: { storedAt: longAgo, verifiedAt: null } })
    const { jobId } = await startCare({ ctx: product.ctx, input: { id: north.id, kind: 'reverify' } })
    expect((await product.finished(jobId)).state).toBe('partial')
    expect(await product.ctx.db.alert.findMany({ where: { event: 'copy-damaged' } })).toMatchObject([
      { body: expect.stringContaining('signature of the manifest is not the one that was written') },
    ])
    await waitFor('the copy to be repaired', async () =>
      (await readFile(file).catch(() => Buffer.alloc(0))).equals(bytes),
    )
    // The signature comes before the manifest: its job goes on for a moment.
    await waitFor(
      'the copy job to end',
      async () =>
        (await product.ctx.db.job.count({ where: { kind: 'copy', state: { in: ['queued', 'running'] } } })) === 0,
    )
  })

  it('a store that was set back to an earlier state is noticed by the catalog (fault 40)', async () => {
    const before = path.join(dir.path, 'before')
    await cp(north.folder, before, { recursive: true })
    ids.push(await back([north.id, south]))
    await rm(path.join(north.folder, 'holdfast'), { recursive: true })
    await cp(before, north.folder, { recursive: true })
    expect((await verify(north.folder)).code).toBe(0)
    await inventory()
    expect(await told()).toMatchObject([{ body: expect.stringContaining('an earlier state') }])
  })
})
