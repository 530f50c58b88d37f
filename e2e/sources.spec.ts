import { expect, test, type Page } from '@playwright/test'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { signIn, visit } from './helpers/people'
import { waitUntilCalm } from './helpers/product'

const password = 'the-right-password'
let server: TestPostgres

test.beforeAll(async () => {
  server = await startPostgres({ password })
  await server.sql('CREATE DATABASE shop')
  // What does not compress takes its time at the lowest upload limit.
  await server.sql(
    `CREATE TABLE parcel AS SELECT id, string_agg(md5(random()::text || id || n), '') AS label
       FROM generate_series(1, 4000) id, generate_series(1, 40) n GROUP BY id`,
    'shop',
  )
})
test.afterAll(() => server.close())

async function describeShop(page: Page, secret: string): Promise<void> {
  await visit(page, '/admin/sources/new')
  await page.getByLabel('Name', { exact: true }).fill('Shop')
  await page.getByLabel('Host', { exact: true }).fill(server.host)
  await page.getByLabel('Port', { exact: true }).fill(String(server.port))
  await page.getByLabel('Database', { exact: true }).fill('shop')
  await page.getByLabel('User', { exact: true }).fill('postgres')
  await page.getByLabel(/^Password/).fill(secret)
}

test('what is missing in the form is said at the fields', async ({ page }) => {
  await signIn(page)
  await visit(page, '/admin/sources/new')
  await page.getByRole('button', { name: 'Add the source' }).click()
  await expect(page.getByLabel('Name', { exact: true })).toHaveAccessibleDescription(/Enter a name/)
  await expect(page.getByLabel('Database', { exact: true })).toHaveAccessibleDescription(
    /Enter the name of the database/,
  )
})

test('a wrong password comes with its remedy; the right one shows what a backup will use', async ({
  page,
  request,
}) => {
  await waitUntilCalm(request)
  await signIn(page)
  await describeShop(page, 'the-wrong-password')
  await page.getByRole('button', { name: 'Test the connection' }).click()
  const failed = page.locator('[data-inspection="failed"]')
  await expect(failed).toContainText(/password/i)
  await expect(failed).not.toContainText('the-wrong-password')

  await page.getByLabel(/^Password/).fill(password)
  await page.getByRole('button', { name: 'Test the connection' }).click()
  const works = page.locator('[data-inspection="ok"]')
  await expect(works).toContainText('The connection works')
  await expect(works).toContainText(/pg_dump 1\d/)

  await page.getByText('Limits and attempts').click()
  await page.getByLabel('Upload limit, in MiB/s').fill('0.1')
  await page.getByRole('button', { name: 'Add the source' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Shop' })).toBeVisible()
  await expect(page.getByText('with a stored password')).toBeVisible()
})

test('a running backup shows its progress live and stops when it is cancelled', async ({ page, request }) => {
  await waitUntilCalm(request)
  await signIn(page)
  await page.getByRole('button', { name: 'Back up Shop now' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Start the backup' }).click()
  const job = page.locator('[data-job]').filter({ hasText: 'Backup of Shop' })
  await expect(job).toHaveAttribute('data-state', 'running')
  await expect(job.getByRole('progressbar')).toBeVisible()
  await expect(job).toContainText(/[KM]iB/)
  // Leaving the page before the request is answered would take it back.
  const answered = page.waitForResponse((response) => response.url().endsWith('/cancel'))
  await job.getByRole('button', { name: 'Cancel: Backup of Shop' }).click()
  expect((await answered).status()).toBe(200)
  await waitUntilCalm(request)
  await visit(page, '/admin/backups?status=cancelled')
  await expect(page.locator('tr[data-backup]').first()).toContainText('Cancelled', { timeout: 30_000 })
})
