import { expect, test, type Page } from '@playwright/test'
import { signIn, visit } from './helpers/people'

const note = (page: Page) => page.getByText('Look at the marked fields.')

test('a form leads to the first wrong field, opens what is closed, and takes marks away as they are put right', async ({
  page,
}) => {
  await signIn(page)
  await visit(page, '/admin/sources/new')
  await page.getByText('Limits and attempts').click()
  await page.getByLabel('Attempts', { exact: true }).fill('99')
  await page.getByText('Limits and attempts').click()
  await expect(page.getByLabel('Attempts', { exact: true })).toBeHidden()
  await page.getByLabel('Host', { exact: true }).fill('db1:5433')
  await page.getByLabel('Database', { exact: true }).fill('shop')
  await page.getByLabel('User', { exact: true }).fill('backup')
  await expect(page.getByLabel('Port', { exact: true })).toHaveValue('5433')
  await page.getByRole('button', { name: 'Add the source' }).click()
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused()
  await page.getByLabel('Name', { exact: true }).fill('Shop')
  await page.getByRole('button', { name: 'Add the source' }).click()
  await expect(page.getByLabel('Attempts', { exact: true })).toBeFocused()
  await expect(note(page)).toBeVisible()
  await page.getByLabel('Attempts', { exact: true }).fill('5')
  await expect(note(page)).toHaveCount(0)
})

test('another kind of destination begins with fields of its own, also after something was wrong', async ({ page }) => {
  await signIn(page)
  await visit(page, '/admin/destinations/new')
  await page.getByRole('button', { name: 'Add a class' }).click()
  await page.getByLabel('After days', { exact: true }).fill('soon')
  await page.getByRole('button', { name: 'Add the destination' }).click()
  await expect(page.getByLabel('After days', { exact: true })).toHaveAttribute('aria-invalid', 'true')
  await page.getByLabel('Kind').selectOption('local')
  await page.getByLabel('Folder').fill('/var/x')
  await expect(note(page)).toHaveCount(0)
  await page.getByRole('button', { name: 'Add the destination' }).click()
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused()
  await page.getByLabel('Kind').selectOption('s3')
  await expect(page.getByLabel('Bucket', { exact: true })).toHaveValue('')
  await expect(page.getByLabel('Region')).toHaveValue('us-east-1')
  await page.getByLabel('Kind').selectOption('local')
  await expect(page.getByLabel('Folder')).toHaveValue('')
})
