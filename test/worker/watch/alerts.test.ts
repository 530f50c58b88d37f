import { mkdir, rm, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createChannelSchema } from '@/lib/contracts/alerting/alert'
import { createScheduleSchema } from '@/lib/contracts/schedule'
import { startBackup } from '@/lib/services/backup/start-backup'
import { createChannel } from '@/lib/services/channel/create-channel'
import { deleteChannel } from '@/lib/services/channel/delete-channel'
import { watchSlowBackups } from '@/lib/services/incident/watch-slow-backups'
import { updateOperations } from '@/lib/services/operations/update-operations'
import { createSchedule } from '@/lib/services/schedule/create-schedule'
import { startHttpReceiver, type HttpReceiver } from '../../helpers/servers/http-receiver'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { startProduct, type Product } from '../../helpers/product'
import { startSmtp, type SmtpReceiver } from '../../helpers/servers/smtp'
import { waitFor } from '../../helpers/wait-for'

describe('failure alerts', () => {
  let product: Product
  let pg: TestPostgres
  let smtp: SmtpReceiver
  let http: HttpReceiver
  let outside: HttpReceiver
  let destination: { id: string; folder: string }
  let sourceId: string

  beforeAll(async () => {
    ;[product, pg, smtp, http, outside] = await Promise.all([
      startProduct(),
      startPostgres(),
      startSmtp(),
      startHttpReceiver(),
      startHttpReceiver(),
    ])
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
    destination = await product.addLocalDestination()
    await updateOperations({
      ctx: product.ctx,
      input: { deadManSwitch: { url: `${outside.url}/ping/check`, intervalSeconds: 30 } },
    })
    await product.startWorker()
  })
  afterAll(async () => {
    await product.close()
    await Promise.all([pg.close(), smtp.close(), http.close(), outside.close()])
  })

  const back = async () => {
    const input = { sourceId, destinationIds: [destination.id] }
    return product.finished((await startBackup({ ctx: product.ctx, input })).jobId)
  }
  const subjects = () =>
    smtp.messages.map(({ text }) => {
      // A long header goes on in a line that begins with a space.
      const unfolded = text.replace(/\r\n[ \t]/g, ' ')
      return /^Subject: (.*)$/m.exec(unfolded)?.[1] ?? ''
    })

  it('reach mail and webhook once for a source that keeps failing, and once when it recovers (fault 4)', async () => {
    const failedAt = Date.now()
    await pg.stop()
    for (let run = 0; run < 3; run += 1) expect(await back()).toMatchObject({ state: 'failed' })
    await waitFor('the mail', () => smtp.messages.length === 1)
    await waitFor('the webhook', () => http.requests.length === 1)
    // Measured: about three seconds behind the failure; promised: five minutes.
    expect(Date.now() - failedAt).toBeLessThan(5 * 60_000)
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
    // Each is noted down a moment after it arrived.
    await waitFor('four noted messages', async () => {
      const deliveries = await product.ctx.db.alertDelivery.findMany()
      return deliveries.length === 4 && deliveries.every(({ state }) => state === 'sent')
    })
  })

  it('that cannot be delivered are tried again and never become the failure of a backup', async () => {
    http.answer = (_request, response) => void response.writeHead(500).end()
    await pg.stop()
    expect(await back()).toMatchObject({ state: 'failed' })
    const failing = await waitFor('a failed try', () =>
      product.ctx.db.alertDelivery.findFirst({ where: { state: 'pending', error: { not: null } } }),
    )
    expect(failing.error).toContain('500')
    http.answer = (_request, response) => void response.writeHead(200).end()
    await pg.start()
    expect(await back()).toMatchObject({ state: 'succeeded' })
    await waitFor('the late delivery', () =>
      product.ctx.db.alertDelivery.findFirst({ where: { id: failing.id, state: 'sent' } }),
    )
  })

  it('report a backup that runs longer than allowed while it goes on, and of its end', async () => {
    await pg.sql(
      "CREATE TABLE wide AS SELECT encode(sha512(id::text::bytea), 'hex') AS text FROM generate_series(1, 100000) AS id",
    )
    const slow = await product.addSource(pg.source(), {
      compression: 'none',
      rateLimitBytesPerSecond: 3_000_000,
      slowAfterMs: 60_000,
    })
    const before = subjects().length
    const told = () =>
      subjects()
        .slice(before)
        .filter((subject) => subject.includes('is slow'))
    const { jobId } = await startBackup({ ctx: product.ctx, input: { sourceId: slow } })
    await product.running(jobId, (job) => (job.progress?.doneBytes ?? 0) > 100_000)
    await watchSlowBackups({ ctx: product.ctx, now: new Date(Date.now() + 30_000) })
    expect(await product.ctx.db.alert.count({ where: { event: 'backup-slow' } })).toBe(0)
    for (let minute = 2; minute < 5; minute += 1) {
      await watchSlowBackups({ ctx: product.ctx, now: new Date(Date.now() + minute * 60_000) })
    }
    await waitFor('the mail', () => told().length === 1)
    expect(await product.finished(jobId, 150_000)).toMatchObject({ state: 'succeeded' })
    await waitFor('the recovery notice', () => told().length === 2)
  }, 200_000)

  it('report a missing copy once, by mail and webhook, and of its coming back', async () => {
    const broken = await product.addLocalDestination('soon gone')
    const start = () =>
      startBackup({ ctx: product.ctx, input: { sourceId, destinationIds: [destination.id, broken.id] } })
    const mails = subjects().length
    // A file where the folder was: nothing can be stored there.
    await rm(broken.folder, { recursive: true })
    await writeFile(broken.folder, '')
    for (let run = 0; run < 2; run += 1) {
      expect(await product.finished((await start()).jobId)).toMatchObject({ state: 'partial' })
    }
    const told = () =>
      subjects()
        .slice(mails)
        .filter((subject) => subject.includes('is missing a copy'))
    await waitFor('the mail', () => told().length === 1)
    await rm(broken.folder)
    await mkdir(broken.folder)
    // The copies that are missing are caught up by themselves; the test does not wait for their delay.
    await product.ctx.db.backupCopy.updateMany({ where: { state: 'failed' }, data: { retryAt: new Date() } })
    expect(await product.finished((await start()).jobId)).toMatchObject({ state: 'succeeded' })
    await waitFor('the recovery notice', () => told().length === 2)
    expect(told()[1]).toContain('RESOLVED')
  }, 200_000)

  it('report a run that was due while no worker ran, once', async () => {
    const late = await product.addSource(pg.source())
    // Once in the hour, and far from now: it is not really due meanwhile.
    const minute = (new Date().getUTCMinutes() + 30) % 60
    const schedule = await createSchedule({
      ctx: product.ctx,
      input: createScheduleSchema.parse({
        sourceId: late,
        action: 'backup',
        cron: `${minute} * * * *`,
        destinationIds: [destination.id],
        catchUp: 'skip',
        retentionPolicyId: null,
      }),
    })
    // As if it had last been looked at an hour ago.
    const hourAgo = new Date(Date.now() - 3_600_000)
    const mails = subjects().length
    await product.ctx.db.schedule.update({ where: { id: schedule.id }, data: { evaluatedUntil: hourAgo } })
    const told = () =>
      subjects()
        .slice(mails)
        .filter((subject) => subject.includes('was missed'))
    await waitFor('the mail', () => told().length > 0, 90_000)
    await product.ctx.db.schedule.update({ where: { id: schedule.id }, data: { enabled: false } })
    expect(told()).toHaveLength(1)
  }, 120_000)

  it('report a channel that does not deliver, through another one', async () => {
    const add = createChannelSchema.parse({ name: 'broken', kind: 'webhook', config: { url: `${outside.url}/broken` } })
    const { id } = await createChannel({ ctx: product.ctx, input: add })
    outside.answer = (request, response) => {
      response.writeHead(request.url === '/broken' ? 500 : 200).end()
    }
    await pg.stop()
    expect(await back()).toMatchObject({ state: 'failed' })
    // The delays between tries are another test's; here each next one is due at once.
    const arrived = async (words: string) => {
      await product.ctx.db.alertDelivery.updateMany({
        where: { channelId: id, state: 'pending', error: { not: null }, nextAt: { gt: new Date() } },
        data: { nextAt: new Date() },
      })
      return subjects().some((line) => line.includes(words))
    }
    await waitFor('the mail about the channel', () => arrived('do not reach broken'))
    outside.answer = (_, response) => void response.end('OK')
    await pg.start()
    expect(await back()).toMatchObject({ state: 'succeeded' })
    await waitFor('the recovery notice', () => arrived('Recovered: Alerts do not reach'))
    const lines = subjects().filter((line) => line.includes('do not reach broken'))
    expect(lines).toHaveLength(2)
    await deleteChannel({ ctx: product.ctx, input: { id } })
  }, 200_000)

  it("are watched over from outside: the dead man's switch is called while the worker is well", async () => {
    await waitFor('a call', () => outside.requests.some(({ path }) => path === '/ping/check'))
    expect(outside.requests.some(({ path }) => path.includes('/fail'))).toBe(false)
  })
})
