import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { walLog } from '@/lib/engines/postgres/log/method'
import { deleteBackup } from '@/lib/services/backup/delete-backup'
import { startBackup } from '@/lib/services/backup/start-backup'
import { destinationSpec } from '@/lib/services/destination/destination-spec'
import { getWindows } from '@/lib/services/recovery/get-windows'
import { readLogObjects } from '@/lib/services/recovery/read-log-objects'
import { getRestoreTest } from '@/lib/services/restore-test/get-restore-test'
import { startRestoreTest } from '@/lib/services/restore-test/start-restore-test'
import { ownSigningKeys } from '@/lib/services/signature/signing-keys'
import { updateSource } from '@/lib/services/source/update-source'
import { startProduct, type Product } from '../../helpers/product'
import { makeTestRun } from '../../helpers/run-context'
import { offerPostgres17 } from '../../helpers/servers/postgres-17'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { waitFor } from '../../helpers/wait-for'

describe('incremental base backups of a source', () => {
  let product: Product
  let server: TestPostgres
  let sourceId: string
  let store: { id: string; folder: string }
  const chain: string[] = []

  beforeAll(async () => {
    const bin = await offerPostgres17()
    server = await startPostgres({ major: 17, settings: { summarize_wal: 'on' } })
    await server.sql('CREATE TABLE t AS SELECT n FROM generate_series(1, 1000) n')
    product = await startProduct()
    sourceId = await product.addSource(server.source())
    store = await product.addLocalDestination()
    await product.startWorker({ HOLDFAST_PG_BIN: bin })
    const patch = { protection: { continuous: true, sliceMs: 2_000 }, options: { longestChain: 2 } }
    await updateSource({ ctx: product.ctx, input: { id: sourceId, patch } })
    await waitFor('the first base backup', async () => (await windows())[0]?.backupIds.length === 1)
    chain.push((await windows())[0]?.backupIds[0] ?? '')
  })
  afterAll(async () => {
    await product?.close()
    await server?.close()
  })

  const windows = async () => (await getWindows({ ctx: product.ctx, input: { sourceId } })).windows
  async function take() {
    await server.sql('INSERT INTO t SELECT n FROM generate_series(1, 100) n')
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, kind: 'incremental' } })
    const job = await product.finished(jobId)
    expect(job).toMatchObject({ state: 'succeeded' })
    return product.ctx.db.backup.findUniqueOrThrow({ where: { id: job.backupId ?? '' } })
  }
  async function prove(backupId: string) {
    const { jobId } = await startRestoreTest({ ctx: product.ctx, input: { backupId, level: 'standard' } })
    const job = await product.finished(jobId)
    return getRestoreTest({ ctx: product.ctx, input: { id: job.restoreTestId ?? '' } })
  }
  const setCopy = (backupId: string, state: string) =>
    product.ctx.db.backupCopy.updateMany({ where: { backupId }, data: { state } })

  it('build on one another, and each counts for a window of its own', async () => {
    for (const number of [1, 2]) {
      const backup = await take()
      expect(backup).toMatchObject({ kind: 'incremental', dependsOn: chain })
      expect(chain).toHaveLength(number)
      chain.push(backup.id)
    }
    const [window] = await windows()
    expect(window?.backupIds.toSorted()).toEqual(chain.toSorted())
  })

  it('are proven with the log', async () => {
    const test = await prove(chain[2] ?? '')
    expect(test.checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([])
    expect(test.evidence).toMatchObject({ chain })
  })

  it('keep what they build on from being deleted', async () => {
    for (const id of chain.slice(0, 2))
      await expect(deleteBackup({ ctx: product.ctx, input: { id } })).rejects.toMatchObject({ code: 'backup-needed' })
  })

  it.each([0, 1])('lead nowhere while member %i of their chain is not good there', async (index) => {
    const member = chain[index] ?? ''
    await setCopy(member, 'damaged')
    expect((await windows()).flatMap(({ backupIds }) => backupIds)).toEqual(chain.slice(0, index))
    await setCopy(member, 'stored')
    expect((await windows()).flatMap(({ backupIds }) => backupIds)).toHaveLength(3)
  })

  it('count by the objects alone with all that they build on', async () => {
    const { ctx } = product
    const row = await ctx.db.destination.findUniqueOrThrow({ where: { id: store.id } })
    const trustedKeys = await ownSigningKeys(ctx.db, ctx.vault)
    const bases = async () => {
      const storage = ctx.openStorage(await destinationSpec(ctx, row))
      const input = { storage, sourceId, method: walLog, trustedKeys, unwrap: null }
      const { logs } = await readLogObjects(input, makeTestRun())
      await storage.close()
      return [...logs.values()].flatMap((log) => log.bases.map(({ backupId }) => backupId)).toSorted()
    }
    expect(await bases()).toEqual(chain.toSorted())
    const middle = await ctx.db.backup.findUniqueOrThrow({ where: { id: chain[1] ?? '' } })
    const manifest = path.join(store.folder, middle.repositoryPath, 'manifest.json')
    await rename(manifest, `${manifest}.away`)
    expect(await bases()).toEqual(chain.slice(0, 1))
    await rename(`${manifest}.away`, manifest)
  })

  it('are found damaged by the restore test when an object in the middle of the chain is', async () => {
    const middle = await product.ctx.db.backup.findUniqueOrThrow({ where: { id: chain[1] ?? '' } })
    const folder = path.join(store.folder, middle.repositoryPath)
    const name = (await readdir(folder)).find((file) => file.startsWith('base-1'))
    const file = path.join(folder, name ?? 'none')
    const bytes = await readFile(file)
    const other = Buffer.from(bytes)
    other.writeUInt8(other.readUInt8(bytes.length >> 1) ^ 0xff, bytes.length >> 1)
    await writeFile(file, other)
    try {
      const test = await prove(chain[2] ?? '')
      expect(test.verdict).toBe('failed')
      const failed = test.checks.filter(({ verdict }) => verdict === 'failed')
      expect(failed).toEqual([expect.objectContaining({ detail: expect.stringContaining(chain[1] ?? '') })])
      // Whichever member it is: nothing is built on them any more.
      expect(await take()).toMatchObject({ kind: 'base', dependsOn: [] })
    } finally {
      await writeFile(file, bytes)
    }
    expect(await prove(chain[2] ?? '')).toMatchObject({ verdict: 'passed' })
  })

  it('are not continued past the length that was chosen, nor past a damaged member: a full one is taken', async () => {
    const made = [await take(), await take(), await take(), await take()]
    const [one, , full] = made.map(({ id }) => id)
    expect(made.map(({ kind }) => kind)).toEqual(['incremental', 'incremental', 'base', 'incremental'])
    expect(made[1]?.dependsOn).toEqual([expect.any(String), one])
    expect(made[3]?.dependsOn).toEqual([full])
    await setCopy(full ?? '', 'damaged')
    expect(await take()).toMatchObject({ kind: 'base', dependsOn: [] })
  })
})
