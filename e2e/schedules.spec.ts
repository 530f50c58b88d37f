import { expect, test } from '@playwright/test'
import { signIn, visit } from './helpers/people'
import { catalogName } from './helpers/product'

test('the schedules of the first start say when they run in words and in the zone', async ({ page }) => {
  await signIn(page)
  await visit(page, '/admin/schedules')
  const row = page.getByRole('row').filter({ hasText: `Backup of ${catalogName}` })
  await expect(row).toContainText('Every day at 02:00')
  await expect(row).toContainText('UTC')
  await expect(row).toContainText('Keep 30 days')
  await expect(page.getByRole('row').filter({ hasText: `Restore test of ${catalogName}` })).toContainText(
    'of every month',
  )
})

test('the form previews the next runs as one types and names what is wrong', async ({ page }) => {
  await signIn(page)
  await visit(page, '/admin/schedules/new')
  await page.getByRole('button', { name: 'Weekly' }).click()
  const preview = page.locator('[data-preview]')
  await expect(preview).toContainText('Every Sunday at 03:00')
  await expect(preview.getByRole('listitem')).toHaveCount(5)

  await page.getByLabel('Day of the week').selectOption('Friday')
  await page.getByLabel('Time of day').fill('22:30')
  await expect(preview).toContainText('Every Friday at 22:30')

  await page.getByRole('button', { name: 'Cron', exact: true }).click()
  await page.getByLabel('Cron expression').fill('61 2 * * *')
  await expect(page.getByLabel('Cron expression')).toHaveAccessibleDescription(/minute/i)
  await expect(preview.getByRole('listitem')).toHaveCount(0)

  await page.getByLabel('Cron expression').fill('30 6 * * 1-5')
  await page.getByLabel('Time zone').selectOption('Europe/Athens')
  await expect(preview).toContainText('Monday to Friday at 06:30')
})

test('a schedule with a retention policy of its own can be added, turned off and deleted', async ({ page }) => {
  await signIn(page)
  await visit(page, '/admin/schedules/new')
  await page.getByLabel('Source').selectOption(catalogName)
  await page.getByRole('button', { name: 'Cron', exact: true }).click()
  await page.getByLabel('Cron expression').fill('15 5 * * 6')
  await page.getByLabel('Retention', { exact: true }).selectOption('Another policy…')
  await page.getByLabel('Name of the policy').fill('Ten days')
  await page.getByLabel('Keep days').fill('10')
  await page.getByRole('button', { name: 'Make this policy' }).click()
  await expect(page.getByLabel('Retention', { exact: true })).toHaveAccessibleDescription(/Keeps 10 days/)
  await page.getByRole('button', { name: 'Add the schedule' }).click()

  const row = page.getByRole('row').filter({ hasText: '15 5 * * 6' })
  await expect(row).toContainText('Ten days')
  await row.getByRole('switch').click()
  await expect(row.getByText('off', { exact: true })).toBeVisible()

  await row.getByRole('link').click()
  await page.getByRole('button', { name: 'Delete this schedule' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete the schedule' }).click()
  await expect(page).toHaveURL(/\/admin\/schedules$/)
  await expect(page.getByRole('row').filter({ hasText: '15 5 * * 6' })).toHaveCount(0)
})
