import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createChannelSchema } from '@/lib/contracts/alerting/alert'
import { startBackup } from '@/lib/services/backup/start-backup'
import { createChannel } from '@/lib/services/channel/create-channel'
import { startHttpReceiver, type HttpReceiver } from '../../helpers/servers/http-receiver'
import { startPostgres, type TestPostgres } from '../../helpers/servers/postgres'
import { startProduct, type Product } from '../../helpers/product'
import { waitFor } from '../../helpers/wait-for'

describe('a database that somebody tampers with', () => {
  let product: Product
  let pg: TestPostgres
  let http: HttpReceiver
  let destinationId: string
  let sourceId: string

  beforeAll(async () => {
    ;[product, pg, http] = await Promise.all([startProduct(), startPostgres(), startHttpReceiver()])
    await pg.sql(`
      CREATE TABLE orders AS SELECT n AS id, repeat('paid and delivered ', 20) AS body FROM generate_series(1, 12000) n;
      CREATE TABLE customers AS SELECT n AS id FROM generate_series(1, 100) n`)
    sourceId = await product.addSource(pg.source())
    destinationId = (await product.addLocalDestination()).id
    const hook = { name: 'hook', kind: 'webhook', config: { url: `${http.url}/hook`, format: 'json' } }
    await createChannel({ ctx: product.ctx, input: createChannelSchema.parse(hook) })
    await product.startWorker()
  })
  afterAll(async () => {
    await product.close()
    await Promise.all([pg.close(), http.close()])
  })

  const back = async () => {
    const started = await startBackup({ ctx: product.ctx, input: { sourceId, destinationIds: [destinationId] } })
    expect(await product.finished(started.jobId)).toMatchObject({ state: 'succeeded' })
  }
  const alerts = () => product.ctx.db.alert.findMany({ where: { event: 'backup-anomaly' } })

  it('is reported once, with what changed, and once more when all is as usual again (security 25)', async () => {
    for (let run = 0; run < 6; run += 1) await back()
    expect(await alerts()).toEqual([])

    await pg.sql(`
      UPDATE orders SET body = (SELECT string_agg(encode(sha512((random() + n + orders.id)::text::bytea), 'base64'), '')
        FROM generate_series(1, 4) n);
      DROP TABLE customers`)
    await back()
    const [opened] = await waitFor('the incident', async () => (await alerts()).length > 0 && alerts())
    expect(opened?.severity).toBe('critical')
    expect(opened?.body).toMatch(/stored at \d+ % of its size/)
    expect(opened?.body).toContain('1 of 2 tables are gone: public.customers.')
    await waitFor('the notification', () => http.requests.length === 1)
    // Again as unusual: counted, not told again.
    await back()
    await waitFor('the count', async () => (await alerts())[0]?.count === 2)

    await pg.sql(`UPDATE orders SET body = repeat('paid and delivered ', 20)`)
    await back()
    await waitFor('the recovery', async () => (await alerts())[0]?.resolvedAt)
    await waitFor('its notification', () => http.requests.length === 2)
    expect(await alerts()).toHaveLength(1)
  }, 240_000)
})
