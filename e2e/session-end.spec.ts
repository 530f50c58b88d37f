import { expect, test, type Page as Tab } from '@playwright/test'
import type { Page } from '@/lib/contracts/common'
import { administrator, bearer, fillSignIn, signIn, visit } from './helpers/people'
import { getJson } from './helpers/product'

/** As an administrator somewhere else would: every session of this person is gone. */
async function endSessions(tab: Tab): Promise<void> {
  const { items } = await getJson<Page<{ id: string; email: string }>>(tab.request, '/admin/users')
  const me = items.find((user) => user.email === administrator.email)
  const sessions = await getJson<Page<{ id: string }>>(tab.request, `/admin/sessions?userId=${me?.id}`)
  expect(sessions.items.length).toBeGreaterThan(0)
  for (const { id } of sessions.items) {
    const answer = await tab.request.delete(`/api/v1/admin/sessions/${id}`, { headers: bearer })
    expect(answer.status()).toBe(204)
  }
}

test('a session that ends says so; a half-filled form is still there after signing in, and is sent', async ({
  page,
}) => {
  await signIn(page)
  await visit(page, '/admin/retention/new')
  await page.getByLabel('Name').fill('Kept while away')
  await endSessions(page)
  await page.getByRole('button', { name: 'Add the policy' }).click()

  const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
  await expect(dialog).toContainText(administrator.email)
  await page.keyboard.press('Escape')
  await expect(dialog).toBeVisible()
  await dialog.getByLabel('Password').fill('wrong-password-of-mine')
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await expect(dialog.getByRole('alert')).toContainText('wrong')
  await dialog.getByLabel('Password').fill(administrator.password)
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await expect(dialog).toBeHidden()
  // What was pressed before is done now, with what was typed before.
  await expect(page).toHaveURL(/\/admin\/retention$/)
  await expect(page.getByRole('link', { name: 'Kept while away' })).toBeVisible()
})

test('a page opened after the session has ended comes back with its filter', async ({ page }) => {
  await signIn(page)
  await endSessions(page)
  await page.goto('/admin/backups?status=failed&sort=startedAt')
  await expect(page).toHaveURL(/\/login\?callbackUrl=/)
  await expect(page.locator('html[data-ready]')).toBeAttached()
  await fillSignIn(page, administrator.email, administrator.password)
  await expect(page).toHaveURL(/\/admin\/backups\?status=failed&sort=startedAt$/)
})
