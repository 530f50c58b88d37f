import { expect, test } from '@playwright/test'
import type { Backup } from '@/lib/contracts/backup'
import type { Page } from '@/lib/contracts/common'
import { bearer, signIn, visit } from './helpers/people'
import { catalogName, getJson, sourceNamed, waitUntilCalm } from './helpers/product'

test('a policy shows what other rules would delete before they are saved', async ({ page, request }) => {
  await waitUntilCalm(request)
  await signIn(page)
  await visit(page, '/admin/retention')
  const row = page.getByRole('row').filter({ hasText: 'Keep 30 days' })
  await expect(row).toContainText('1 source')
  await row.getByRole('link').click()
  const preview = page.locator('[data-preview="ready"]')
  await expect(preview).toContainText('No backup would go')
  await page.getByLabel('Keep days').fill('')
  await page.getByLabel('Keep newest').fill('')
  await page.getByRole('button', { name: 'Save the policy' }).click()
  await expect(page.getByText('Say what to keep')).toBeVisible()
})

test('a policy by the calendar starts with seven days, four weeks and twelve months', async ({ page }) => {
  await signIn(page)
  await visit(page, '/admin/retention/new')
  await expect(page.getByText('Keeps the newest of each of 7 days, 4 weeks, 12 months')).toBeVisible()
  await page.getByLabel('Name').fill('By the calendar')
  await page.getByLabel('Time zone').selectOption('Europe/Athens')
  await page.getByRole('button', { name: 'Add the policy' }).click()
  const row = page.getByRole('row').filter({ hasText: 'By the calendar' })
  await expect(row).toContainText('nothing yet')
  await row.getByRole('link').click()
  await page.getByRole('button', { name: 'Delete this policy' }).click()
  await page.getByRole('button', { name: 'Delete the policy' }).click()
  await expect(row).toHaveCount(0)
})

test('a deletion waits, says so, and is taken back', async ({ page, request }) => {
  await waitUntilCalm(request)
  const { id: sourceId } = await sourceNamed(request, catalogName)
  const taken = await request.post('/api/v1/admin/backups', { headers: bearer, data: { sourceId } })
  expect(taken.status()).toBe(202)
  await waitUntilCalm(request)
  const { items } = await getJson<Page<Backup>>(request, `/admin/backups?sourceId=${sourceId}&status=succeeded`)
  const doomed = items.at(-1)
  expect(items.length).toBeGreaterThan(1)
  const removed = await request.delete(`/api/v1/admin/backups/${doomed?.id}`, { headers: bearer })
  expect(removed.status()).toBe(204)

  await signIn(page)
  await visit(page, `/admin/backups/${doomed?.id}`)
  await expect(page.getByText('This backup will be deleted')).toBeVisible()
  await expect(page.getByText(/Goes because/)).toBeVisible()
  await page.getByRole('button', { name: 'Keep this backup' }).click()
  await expect(page.getByText('The backup is kept')).toBeVisible()
  await expect(page.getByText('This backup will be deleted')).toBeHidden()
  await expect(page.getByText(/Kept because/)).toBeVisible()
})
