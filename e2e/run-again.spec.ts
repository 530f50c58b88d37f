import { expect, test } from '@playwright/test'
import type { Source } from '@/lib/contracts/source'
import type { Started } from '@/lib/contracts/job'
import { bearer, signIn, visit } from './helpers/people'
import { getJson, readStatus, waitUntilCalm } from './helpers/product'

const name = 'Moved away'

test('a failed backup is run again from the overview, and its connection is one step away', async ({
  page,
  request,
}) => {
  await waitUntilCalm(request)
  const connection = { host: '127.0.0.1', port: 9, database: 'none', user: 'nobody', password: 'x', ssl: 'disable' }
  const made = await request.post('/api/v1/admin/sources', {
    headers: bearer,
    data: { name, engine: 'postgres', connection, options: { maxAttempts: 1 } },
  })
  expect(made.status()).toBe(201)
  const source: Source = await made.json()
  const started = await request.post('/api/v1/admin/backups', { headers: bearer, data: { sourceId: source.id } })
  const { jobId }: Started = await started.json()
  await expect
    .poll(async () => (await getJson<{ state: string }>(request, `/admin/jobs/${jobId}`)).state)
    .toBe('failed')

  // The headline follows it, whatever else is proven.
  const { headline } = await readStatus(request)
  expect(headline.tone).toBe('bad')
  await signIn(page)
  await expect(page.getByRole('heading', { name: headline.text })).toBeVisible()
  const row = page.locator(`tr[data-source="${source.id}"]`)
  await expect(
    row
      .getByText(/No good backup; 1 run failed/)
      .filter({ visible: true })
      .first(),
  ).toBeVisible()

  await row
    .getByRole('button', { name: `Run the backup of ${name} again` })
    .filter({ visible: true })
    .first()
    .click()
  await expect(page.getByText(`The backup of ${name} runs again`)).toBeVisible()
  await expect
    .poll(async () => {
      const { items } = await getJson<{ items: unknown[] }>(request, `/admin/backups?sourceId=${source.id}`)
      return items.length
    })
    .toBe(2)

  await visit(page, '/admin')
  await page
    .locator(`tr[data-source="${source.id}"]`)
    .getByRole('link', { name: 'Change the connection' })
    .filter({ visible: true })
    .first()
    .click()
  await expect(page).toHaveURL(new RegExp(`/admin/sources/${source.id}/edit$`))
  await expect(page.getByLabel('Port', { exact: true })).toHaveValue('9')
  await request.delete(`/api/v1/admin/sources/${source.id}`, { headers: bearer })
})
