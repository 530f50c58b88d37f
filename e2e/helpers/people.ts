import { expect, type Page } from '@playwright/test'

function fromEnvironment(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set; the Playwright config sets it`)
  return value
}

export const administrator = { email: fromEnvironment('E2E_EMAIL'), password: fromEnvironment('E2E_PASSWORD') }

/** Of automation: the administrator's token known beforehand. */
export const bearer = { authorization: `Bearer ${fromEnvironment('E2E_TOKEN')}` }

/** Opens a page and waits until it answers. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path)
  await answers(page)
}

/** The page that is loading or loaded answers to clicks. */
export async function answers(page: Page): Promise<void> {
  await expect(page.locator('html[data-ready]')).toBeAttached()
}

export async function fillSignIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** Answers the dialog that asks again for the password before what cannot be undone. */
export async function showAgain(page: Page, password = administrator.password): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' })
  await dialog.getByLabel('Your password').fill(password)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog).toBeHidden()
}

export async function signIn(page: Page, who = administrator): Promise<void> {
  await visit(page, '/login')
  await fillSignIn(page, who.email, who.password)
  await expect(page).toHaveURL(/\/admin$/)
  await answers(page)
}
