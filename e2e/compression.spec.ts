import { expect, test } from '@playwright/test'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { bearer, signIn, visit } from './helpers/people'
import { sourceNamed, waitUntilCalm } from './helpers/product'

let server: TestPostgres

test.beforeAll(async () => {
  server = await startPostgres()
  await server.sql(
    `CREATE TABLE parcel AS SELECT id, 'customer ' || id % 1000 AS name, md5(id::text) AS label
       FROM generate_series(1, 200000) id`,
  )
})
test.afterAll(() => server.close())

test('a source is measured, and what it recommends is taken over and stored', async ({ page, request }) => {
  await waitUntilCalm(request)
  const created = await request.post('/api/v1/admin/sources', {
    headers: bearer,
    data: {
      name: 'Measured',
      connection: { host: server.host, port: server.port, database: 'postgres', user: 'postgres', ssl: 'disable' },
      options: { compression: 'bzip2', compressionLevel: 9 },
    },
  })
  expect(created.status()).toBe(201)
  const { id } = await sourceNamed(request, 'Measured')
  await signIn(page)
  await visit(page, `/admin/sources/${id}/edit`)
  await expect(page.getByLabel('Compression', { exact: true })).toHaveValue('bzip2')
  await page.getByRole('button', { name: 'Measure' }).click()
  const advice = page.locator('[data-advice]')
  await expect(advice).toContainText(/Your data: \w+ \d+ gives [\d.]+x at [\d.]+ MB\/s/, { timeout: 60_000 })
  await expect(advice.getByRole('row').filter({ hasText: 'bzip2 9' })).toContainText('chosen')
  await expect(advice).toContainText('public.parcel')

  const [compression = '', level = ''] = ((await advice.getAttribute('data-advice')) ?? '').split(' ')
  await advice
    .getByRole('button', { name: `Use ${compression} ${level}`, exact: true })
    .first()
    .click()
  await expect(page.getByLabel('Compression', { exact: true })).toHaveValue(compression)
  await expect(page.getByLabel('Level')).toHaveValue(level)
  await page.getByRole('button', { name: 'Save the source' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Measured' })).toBeVisible()
  await expect(page.getByText(`${compression} level ${level}, encrypted with age`)).toBeVisible()

  // Journeys build on the same data: this one takes its source with it.
  const removed = await request.delete(`/api/v1/admin/sources/${id}`, { headers: bearer })
  expect(removed.status()).toBe(204)
})
