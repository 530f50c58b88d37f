import { createReadStream } from 'node:fs'
import { expect, test } from '@playwright/test'
import { showAgain, signIn, visit } from './helpers/people'
import { catalogName, readStatus, sourceNamed, waitUntilCalm } from './helpers/product'

test('the first start shows the catalog itself as proven, with nothing of yours protected yet', async ({
  page,
  request,
}) => {
  await waitUntilCalm(request)
  await signIn(page)
  await expect(page.getByRole('heading', { name: 'Nothing of yours is protected yet' })).toBeVisible()
  const card = page.getByRole('region', { name: 'own catalog' })
  await expect(card.getByRole('link', { name: 'own catalog: proven' })).toBeVisible()
  await expect(card.getByRole('button', { name: `Back up ${catalogName} now` })).toBeEnabled()
})

test('a backup of the catalog taken by hand is proven, and downloaded after showing again who one is', async ({
  page,
  request,
}) => {
  await waitUntilCalm(request)
  await signIn(page)
  const before = await readStatus(request)
  await page.getByRole('button', { name: `Back up ${catalogName} now` }).click()
  const ask = page.getByRole('dialog', { name: 'Back up now' })
  await ask.getByRole('button', { name: 'Start the backup' }).click()
  await expect(page.getByText('The backup is under way')).toBeVisible()

  const source = await sourceNamed(request, catalogName)
  await expect
    .poll(async () => (await readStatus(request)).totals.backups, { timeout: 60_000 })
    .toBe(before.totals.backups + 1)
  await visit(page, `/admin/backups?source=${source.id}`)
  const newest = page.locator('tr[data-backup]').first()
  await expect(newest).toContainText('Succeeded')
  await expect(newest).toContainText('Not proven')

  await newest.getByRole('button', { name: /^Restore-test/ }).click()
  const level = page.getByRole('dialog', { name: 'Restore test' })
  await expect(level.getByRole('radio', { name: /^Standard/ })).toBeChecked()
  await level.getByRole('button', { name: 'Start the test' }).click()
  await expect(newest.getByText(/^Proven/).filter({ visible: true })).toBeVisible({ timeout: 90_000 })

  await newest.getByRole('link').first().click()
  await expect(page.getByRole('heading', { level: 1, name: `Backup of ${catalogName}` })).toBeVisible()
  const evidence = page.getByRole('region', { name: 'Checks' })
  await expect(evidence.getByRole('cell', { name: 'Passed' }).first()).toBeVisible()
  await expect(evidence.getByText('Failed')).toHaveCount(0)
  await expect(page.getByText(/^What kept it apart: Own user/)).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Restore by hand' })).toBeVisible()

  // It holds everybody's password hashes: nobody takes it along with a borrowed session.
  await page.getByRole('button', { name: /^Download/ }).click()
  const arriving = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: /^Archive/ }).click()
  await showAgain(page)
  expect(await firstBytes(await (await arriving).path(), 5)).toBe('PGDMP')
  // For ten minutes it is not asked again.
  await page.getByRole('button', { name: /^Download/ }).click()
  const [again] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: /^As stored/ }).click(),
  ])
  expect(again.suggestedFilename()).toMatch(/\.tar$/)
})

test('deleting a backup names what will be lost and keeps it when one thinks better of it', async ({
  page,
  request,
}) => {
  await waitUntilCalm(request)
  await signIn(page)
  await visit(page, '/admin/backups')
  const row = page.locator('tr[data-backup]').first()
  await row.getByRole('button', { name: /^Delete/ }).click()
  const ask = page.getByRole('dialog', { name: `Delete this backup of ${catalogName}?` })
  await expect(ask).toContainText('until then it can be kept after all')
  await ask.getByRole('checkbox', { name: 'Delete it at once' }).click()
  await expect(ask).toContainText('cannot be undone')
  await expect(ask.getByRole('button', { name: 'Delete the backup' })).toBeDisabled()
  await expect(ask).toContainText(/(KiB|MiB|GiB| B) in Local folder/)
  await ask.getByRole('button', { name: 'Keep it' }).click()
  await expect(ask).toBeHidden()
  await expect(row.getByRole('button', { name: /^Delete/ })).toBeEnabled()
})

test('the filters of the history live in the address', async ({ page, request }) => {
  await waitUntilCalm(request)
  await signIn(page)
  await visit(page, '/admin/backups')
  await page.getByLabel('Status').selectOption('failed')
  await expect(page).toHaveURL(/status=failed/)
  await expect(page.getByText('No backup matches')).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('Status')).toHaveValue('failed')
  await page.getByRole('button', { name: 'Clear', exact: true }).click()
  await expect(page.locator('tr[data-backup]').first()).toBeVisible()
  await expect(page).toHaveURL(/\/admin\/backups$/)
})

async function firstBytes(file: string, count: number): Promise<string> {
  for await (const chunk of createReadStream(file, { end: count - 1 })) return String(chunk)
  return ''
}
