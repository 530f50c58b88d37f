import { expect, test } from '@playwright/test'
import { startPrometheus, type Prometheus } from '../test/helpers/servers/prometheus'
import { waitFor } from '../test/helpers/wait-for'
import { bearer } from './helpers/people'
import { getJson } from './helpers/product'

test.describe('a real Prometheus beside the running product', () => {
  let prometheus: Prometheus

  test.beforeAll(async ({ baseURL }) => {
    const target = new URL(baseURL ?? '').host
    prometheus = await startPrometheus({ target, token: bearer.authorization.replace('Bearer ', '') })
  })
  test.afterAll(() => prometheus?.stop())

  const firing = async (source: string) =>
    (await prometheus.alerts()).some(
      ({ state, labels }) =>
        state === 'firing' && labels['alertname'] === 'HoldfastBackupFailing' && labels['source'] === source,
    )

  test('scrapes the web process and finds its worker and its sources', async () => {
    await waitFor('a good scrape', async () => (await prometheus.target()) === 'up')
    await waitFor('the worker', async () => (await prometheus.query('holdfast_workers_alive >= 1')).length === 1)
    const samples = await prometheus.query('holdfast_last_success_timestamp_seconds{source="Holdfast catalog"}')
    expect(samples).toHaveLength(1)
  })

  test('fires a rule after a backup failed, until its source is gone', async ({ request }) => {
    const name = 'Unreachable for Prometheus'
    const connection = { host: '127.0.0.1', port: 1, database: 'nothing', user: 'nobody', ssl: 'disable' }
    const made = await request.post('/api/v1/admin/sources', {
      headers: bearer,
      data: { name, connection, options: { maxAttempts: 1 } },
    })
    expect(made.status()).toBe(201)
    const { id }: { id: string } = await made.json()
    try {
      const { items } = await getJson<{ items: { id: string }[] }>(request, '/admin/destinations')
      const data = { sourceId: id, destinationIds: items.slice(0, 1).map((destination) => destination.id) }
      const started = await request.post('/api/v1/admin/backups', { headers: bearer, data })
      expect(started.status()).toBe(202)
      await waitFor('the rule to fire', () => firing(name))
    } finally {
      const removed = await request.delete(`/api/v1/admin/sources/${id}`, { headers: bearer })
      expect(removed.status()).toBe(204)
    }
    await waitFor('the rule to be quiet', async () => !(await firing(name)))
  })
})
