import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createChannelSchema } from '@/lib/contracts/alert'
import { startBackup } from '@/lib/services/backup/start-backup'
import { createChannel } from '@/lib/services/channel/create-channel'
import { watchSlowBackups } from '@/lib/services/incident/watch-slow-backups'
import { startHttpReceiver, type HttpReceiver } from '../helpers/http-receiver'
import { startPostgres, type TestPostgres } from '../helpers/postgres'
import { startProduct, type Product } from '../helpers/product'
import { startSmtp, type SmtpReceiver } from '../helpers/smtp'
import { waitFor } from '../helpers/wait-for'

describe('failure alerts', () => {
  let product: Product
  let pg: TestPostgres
  let smtp: SmtpReceiver
  let http: HttpReceiver
  let sourceId: string

  beforeAll(async () => {
    ;[product, pg, smtp, http] = await Promise.all([startProduct(), startPostgres(), startSmtp(), startHttpReceiver()])
    sourceId = await product.addSource(pg.source(), { maxAttempts: 1 })
    const add = (channel: unknown) => createChannel({ ctx: product.ctx, input: createChannelSchema.parse(channel) })
    await add({
      name: 'mail',
      kind: 'email',
      config: {
        host: '127.0.0.1',
        port: smtp.port,
        security: 'none',
        from: 'holdfast@example.com',
        to: ['admin@example.com'],
      },
    })
    await add({ name: 'hook', kind: 'webhook', config: { url: `${http.url}/hook`, format: 'slack' } })
    await product.addLocalDestination()
    await product.startWorker()
  })
  afterAll(async () => {
    await product.close()
    await Promise.all([pg.close(), smtp.close(), http.close()])
  })

  const back = async () => product.finished((await startBackup({ ctx: product.ctx, input: { sourceId } })).jobId)
  const subjects = () => smtp.messages.map((message) => /^Subject: (.*)$/m.exec(message.text)?.[1] ?? '')

  it('reach mail and webhook once for a source that keeps failing, and once when it recovers (fault 4)', async () => {
    await pg.stop()
    for (let run = 0; run < 3; run += 1) expect(await back()).toMatchObject({ state: 'failed' })
    await waitFor('the mail', () => smtp.messages.length === 1)
    await waitFor('the webhook', () => http.requests.length === 1)
    const [alert] = await product.ctx.db.alert.findMany()
    expect(alert).toMatchObject({ event: 'backup-failed', count: 3, resolvedAt: null })
    expect(subjects()[0]).toMatch(/Backup of source 1 failed/)
    expect(JSON.parse(http.requests[0]?.body ?? '{}')).toHaveProperty(
      'text',
      expect.stringContaining('Backup of source 1 failed'),
    )

    await pg.start()
    expect(await back()).toMatchObject({ state: 'succeeded' })
    await waitFor('the recovery notices', () => smtp.messages.length === 2 && http.requests.length === 2)
    expect(subjects()[1]).toMatch(/Recovered: Backup of source 1 failed/)
    const deliveries = await product.ctx.db.alertDelivery.findMany()
    expect(deliveries.map((delivery) => delivery.state)).toEqual(['sent', 'sent', 'sent', 'sent'])
  })

  it('that cannot be delivered are tried again and never become the failure of a backup', async () => {
    http.answer = (_request, response) => void response.writeHead(500).end()
    await pg.stop()
    expect(await back()).toMatchObject({ state: 'failed' })
    const failing = await waitFor('a failed try', () =>
      product.ctx.db.alertDelivery.findFirst({ where: { state: 'pending', attempts: { gte: 1 } } }),
    )
    expect(failing.error).toContain('500')
    http.answer = (_request, response) => void response.writeHead(200).end()
    await pg.start()
    expect(await back()).toMatchObject({ state: 'succeeded' })
    await waitFor('the late delivery', () =>
      product.ctx.db.alertDelivery.findFirst({ where: { id: failing.id, state: 'sent' } }),
    )
  })

  it('tell of a backup that runs longer than allowed while it goes on, and of its end', async () => {
    await pg.sql(
      "CREATE TABLE wide AS SELECT encode(sha512(id::text::bytea), 'hex') AS text FROM generate_series(1, 100000) AS id",
    )
    const slow = await product.addSource(pg.source(), {
      compression: 'none',
      rateLimitBytesPerSecond: 3_000_000,
      slowAfterMs: 60_000,
    })
    const before = smtp.messages.length
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId: slow } })
    await product.running(jobId, (job) => (job.progress?.doneBytes ?? 0) > 100_000)
    await watchSlowBackups({ ctx: product.ctx, now: new Date(Date.now() + 30_000) })
    expect(await product.ctx.db.alert.count({ where: { event: 'backup-slow' } })).toBe(0)
    for (let minute = 2; minute < 5; minute += 1) {
      await watchSlowBackups({ ctx: product.ctx, now: new Date(Date.now() + minute * 60_000) })
    }
    await waitFor('the mail', () => smtp.messages.length === before + 1)
    expect(subjects().at(-1)).toMatch(/is slow/)
    expect(await product.finished(jobId)).toMatchObject({ state: 'succeeded' })
    await waitFor('the recovery notice', () => smtp.messages.length === before + 2)
  })
})
