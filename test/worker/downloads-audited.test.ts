import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '@/lib/contracts/common'
import type { DownloadForm } from '@/lib/contracts/backup'
import { openDownload } from '@/lib/services/backup/open-download'
import { startBackup } from '@/lib/services/backup/start-backup'
import type { ServiceContext } from '@/lib/services/context'
import { person, showAgain } from '../helpers/catalog/people'
import { startPostgres, type TestPostgres } from '../helpers/servers/postgres'
import { startProduct, type Product } from '../helpers/product'

describe('the audit log has one event for each download', () => {
  let product: Product
  let pg: TestPostgres
  let store: { id: string; folder: string }
  let backupId: string
  let since = 0n

  beforeAll(async () => {
    ;[product, pg] = await Promise.all([startProduct(), startPostgres()])
    await pg.sql('CREATE TABLE item AS SELECT generate_series(1, 10) AS id')
    const sourceId = await product.addSource(pg.source(), { maxAttempts: 1 })
    store = await product.addLocalDestination()
    const worker = await product.startWorker()
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds: [store.id] } })
    const job = await product.finished(jobId)
    expect(job.state).toBe('succeeded')
    backupId = job.backupId ?? ''
    await worker.stop()
  })
  beforeEach(async () => {
    const newest = await product.ctx.db.auditEvent.aggregate({ _max: { id: true } })
    since = newest._max.id ?? 0n
  })
  afterAll(async () => {
    await product?.close()
    await pg?.close()
  })

  const download = (ctx: ServiceContext, form: DownloadForm, destinationId?: string, signal?: AbortSignal) =>
    openDownload({
      ctx,
      input: { id: backupId, form, ...(destinationId === undefined ? {} : { destinationId }) },
      signal: signal ?? new AbortController().signal,
    })
  const events = () =>
    product.ctx.db.auditEvent.findMany({
      where: { action: 'backup.download', id: { gt: since } },
      orderBy: { id: 'asc' },
      select: { actor: true, subjectType: true, subjectId: true, detail: true },
    })
  const by = (actor: Actor): ServiceContext => ({ ...product.ctx, actor })
  const token = {
    type: 'token',
    id: '00000000-0000-7000-8000-00000000000a',
    name: 'nightly',
    role: 'operator',
  } as const
  const about = { subjectType: 'backup' }

  it.each<DownloadForm>(['plain', 'sql', 'stored'])('by a token: who, which backup, as what (%s)', async (form) => {
    const { stream } = await download(by(token), form)
    expect((await buffer(stream)).length).toBeGreaterThan(500)
    expect(await events()).toEqual([{ ...about, actor: token, subjectId: backupId, detail: { form } }])
  })

  it('by a person: in which session, and from which destination where one was named', async () => {
    const who = await person(product.ctx, 'operator')
    await showAgain(who)
    await buffer((await download(who.ctx, 'plain', store.id)).stream)
    expect(await events()).toEqual([
      {
        ...about,
        actor: { type: 'user', id: who.id, email: who.email, role: 'operator', sessionId: who.sessionId },
        subjectId: backupId,
        detail: { form: 'plain', destinationId: store.id },
      },
    ])
    // The event of that session says from which address.
    const signedIn = await product.ctx.db.auditEvent.findMany({
      where: { action: 'session.sign-in', subjectId: who.sessionId },
    })
    expect(signedIn).toMatchObject([{ detail: { address: '192.0.2.7' } }])
  })

  it('also when its reader went away, or when what is stored cannot be read', async () => {
    const leaving = new AbortController()
    const { stream } = await download(by(token), 'plain', undefined, leaving.signal)
    stream.destroy()
    leaving.abort()
    expect(await events()).toHaveLength(1)
    const { repositoryPath } = await product.ctx.db.backup.findUniqueOrThrow({ where: { id: backupId } })
    const folder = path.join(store.folder, repositoryPath)
    for (const file of await readdir(folder)) await rm(path.join(folder, file))
    await expect(download(by(token), 'plain')).rejects.toMatchObject({ code: 'object-not-found' })
    expect(await events()).toHaveLength(2)
  })

  it('and none of one that was refused before anything was opened', async () => {
    await expect(download(by({ ...token, role: 'viewer' }), 'plain')).rejects.toMatchObject({ code: 'forbidden' })
    const stale = await person(product.ctx, 'operator')
    await product.ctx.db.session.updateMany({ data: { stepUpAt: new Date(0) } })
    await expect(download(stale.ctx, 'plain')).rejects.toMatchObject({ code: 'step-up-needed' })
    expect(await events()).toEqual([])
  })
})
