import { expect, test } from '@playwright/test'
import { administrator, fillSignIn, signIn, visit } from './helpers/people'

test('a page behind the sign-in leads there and back to where one wanted to go', async ({ page }) => {
  await visit(page, '/admin/schedules')
  await expect(page).toHaveURL(/\/login\?callbackUrl=/)
  await fillSignIn(page, administrator.email, administrator.password)
  await expect(page).toHaveURL(/\/admin\/schedules$/)
  await expect(page.getByRole('heading', { level: 1, name: 'Schedules' })).toBeVisible()
})

test('a wrong password is refused without saying which of the two was wrong', async ({ page }) => {
  await visit(page, '/login')
  await fillSignIn(page, 'nobody@example.org', 'not-the-password')
  await expect(page.getByRole('alert').filter({ hasText: 'e-mail address or the password is wrong' })).toBeVisible()
  await expect(page).toHaveURL(/\/login$/)
})

test('after five failures the address is locked and the page says for how long', async ({ page }) => {
  await visit(page, '/login')
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    await fillSignIn(page, 'guesser@example.org', `guess number ${attempt}`)
    await expect(page.getByRole('alert').filter({ hasText: 'wrong' })).toBeVisible()
  }
  await fillSignIn(page, 'guesser@example.org', 'guess number six')
  const alert = page.getByRole('alert').filter({ hasText: 'Too many sign-ins failed' })
  await expect(alert).toBeVisible()
  await expect(alert).toContainText(/Try again in \d+ min/)
})

for (const callback of ['https://evil.example.org/admin', '//evil.example.org', '/\\evil.example.org']) {
  test(`a callback to ${callback} stays on this site`, async ({ page }) => {
    await visit(page, `/login?callbackUrl=${encodeURIComponent(callback)}`)
    await fillSignIn(page, administrator.email, administrator.password)
    await expect(page).toHaveURL(/^http:\/\/127\.0\.0\.1:\d+\/admin$/)
  })
}

test('signing out ends the session', async ({ page }) => {
  await signIn(page)
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/\/login$/)
  await visit(page, '/admin/backups')
  await expect(page).toHaveURL(/\/login\?callbackUrl=/)
})
