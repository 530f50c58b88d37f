import { readFile } from 'node:fs/promises'
import { expect, test } from '@playwright/test'
import { showAgain, signIn, visit } from './helpers/people'

test('the recovery kit is handed out once; until its check word is typed back the banner stays (security 4)', async ({
  page,
}) => {
  await signIn(page)
  await expect(page.getByText('There is no recovery kit yet')).toBeVisible()
  await page.getByRole('link', { name: 'Make the recovery kit' }).click()
  await page.getByRole('button', { name: 'Make the recovery kit' }).click()
  await showAgain(page)
  await expect(page.getByLabel('Check word of the kit')).toBeDisabled()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /^Download/ }).click(),
  ])
  const kit = await readFile(await download.path(), 'utf8')
  expect(kit).toContain('AGE-SECRET-KEY-1')
  await visit(page, '/admin')
  await expect(page.getByText('Nobody has confirmed that the recovery kit is stored')).toBeVisible()
  await page.getByRole('link', { name: 'Confirm the recovery kit' }).click()
  await page.getByLabel('Check word of the kit').fill('K7QM-2XPD')
  await page.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByText('This is not the check word of the present kit.')).toBeVisible()
  await page.getByLabel('Check word of the kit').fill(/Check word: (\S+)/.exec(kit)?.[1] ?? '')
  await page.getByRole('button', { name: 'Confirm' }).click()
  await expect(page.getByText(/^age1/)).toBeVisible()
  await expect(page.getByLabel('Check word of the kit')).toHaveCount(0)
  await expect(page.getByText(/^(\d+) of \1 backups$/)).toBeVisible({ timeout: 60_000 })
  await page.reload()
  await expect(page.getByRole('button', { name: 'Replace the kit' })).toBeVisible()
  expect(await page.content()).not.toContain('AGE-SECRET-KEY')
  await visit(page, '/admin')
  await expect(page.getByRole('heading', { name: 'Sources' })).toBeVisible()
  await expect(page.getByText('There is no recovery kit yet')).toHaveCount(0)
  await expect(page.getByText('Nobody has confirmed that the recovery kit is stored')).toHaveCount(0)
})

test('an API token is shown once, works, and does not work any more when revoked', async ({
  page,
  playwright,
  baseURL,
}) => {
  await signIn(page)
  await visit(page, '/admin/settings?tab=tokens')
  await page.getByRole('button', { name: 'Make a token' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('nightly report')
  await dialog.getByLabel('Role').selectOption('viewer')
  await dialog.getByRole('button', { name: 'Make the token' }).click()
  const token = (await dialog.locator('pre').textContent()) ?? ''
  expect(token).toMatch(/^hf_[\w-]{40,}$/)
  await dialog.getByRole('button', { name: 'I have copied it' }).click()
  expect(await page.content()).not.toContain(token)

  const automation = await playwright.request.newContext({
    baseURL,
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  })
  expect((await automation.get('/api/v1/admin/sources')).status()).toBe(200)
  await page.getByRole('button', { name: 'Revoke nightly report' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke the token' }).click()
  await expect(page.getByText('Revoked')).toBeVisible()
  expect((await automation.get('/api/v1/admin/sources')).status()).toBe(401)
  await automation.dispose()
})

test('a destination that cannot be reached says why, and one that works shows what was tried', async ({ page }) => {
  await signIn(page)
  await visit(page, '/admin/destinations/new')
  await page.getByLabel('Name', { exact: true }).fill('Nowhere')
  await page.getByLabel('Endpoint').fill('http://127.0.0.1:9')
  await page.getByLabel('Bucket', { exact: true }).fill('holdfast')
  await page.getByLabel('Access key id').fill('nobody')
  await page.getByLabel('Secret access key').fill('nothing-to-see-here')
  await page.getByRole('button', { name: 'Test the destination' }).click()
  const failed = page.locator('[data-probe="failed"]')
  await expect(failed).toBeVisible({ timeout: 60_000 })
  await expect(failed).not.toContainText('nothing-to-see-here')

  await visit(page, '/admin/destinations')
  await page.getByRole('link', { name: 'Local folder' }).click()
  await page.getByRole('button', { name: 'Test the destination' }).click()
  await expect(page.locator('[data-probe="ok"]').last()).toContainText('The destination works')
  await expect(page.getByRole('row', { name: /^write works/ }).last()).toBeVisible()
})
