import { expect, type Page } from '@playwright/test'

function fromEnvironment(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set; the Playwright config sets it`)
  return value
}

export const administrator = { email: fromEnvironment('E2E_EMAIL'), password: fromEnvironment('E2E_PASSWORD') }

/** Of automation: the administrator's token known beforehand. */
export const bearer = { authorization: `Bearer ${fromEnvironment('E2E_TOKEN')}` }

export async function fillSignIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

export async function signIn(page: Page, who = administrator): Promise<void> {
  await page.goto('/login')
  await fillSignIn(page, who.email, who.password)
  await expect(page).toHaveURL(/\/admin$/)
}
