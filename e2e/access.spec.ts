import { expect, test, type Page } from '@playwright/test'
import { client, startIdentityProvider } from '../test/helpers/servers/identity-provider'
import { bearer, fillSignIn, showAgain, signIn, visit } from './helpers/people'

const chosen = 'chosen-by-olga-herself'

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account of/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page).toHaveURL(/\/login$/)
}

test('someone invited makes their account, turns a second factor on, and signs in with it', async ({
  page,
  browser,
  baseURL,
}) => {
  // Six pages in three browsers, and four passwords to hash.
  test.slow()
  await signIn(page)
  await visit(page, '/admin/settings?tab=users')
  await page.getByRole('button', { name: 'Invite someone' }).click()
  const invite = page.getByRole('dialog', { name: 'Invite someone' })
  await invite.getByLabel('E-mail').fill('olga@example.org')
  await invite.getByLabel('Role').selectOption('operator')
  await invite.getByRole('button', { name: 'Make the link' }).click()
  const shown = page.getByRole('dialog', { name: 'Link for olga@example.org' })
  const link = (await shown.locator('pre').textContent()) ?? ''
  expect(link.startsWith(`${baseURL}/invitation#hfi_`)).toBe(true)
  await shown.getByRole('button', { name: 'I have copied it' }).click()
  expect(await page.content()).not.toContain(link)

  const olga = await (await browser.newContext({ baseURL })).newPage()
  await visit(olga, link)
  await olga.getByLabel('Name').fill('Olga Operator')
  await olga.getByLabel('New password').fill(chosen)
  await olga.getByLabel('The same again').fill(chosen)
  await olga.getByRole('button', { name: 'Make the account' }).click()
  await expect(olga).toHaveURL(/\/admin$/)

  await visit(olga, '/admin/settings')
  await olga.getByRole('button', { name: 'Set up a second factor' }).click()
  await showAgain(olga, chosen)
  await expect(olga.getByRole('img', { name: 'QR code of the second factor' })).toBeVisible()
  const secret = (await olga.locator('pre').textContent()) ?? ''
  const { Secret, TOTP } = await import('otpauth')
  const app = new TOTP({ secret: Secret.fromBase32(secret.replaceAll(' ', '')) })
  await olga.getByLabel('Code that the app shows').fill(app.generate())
  await olga.getByRole('button', { name: 'Turn it on' }).click()
  const codes = olga.getByRole('dialog', { name: 'Recovery codes' })
  const [recoveryCode = ''] = ((await codes.locator('pre').textContent()) ?? '').split('\n')
  await codes.getByRole('button', { name: 'I have kept them' }).click()
  await expect(olga.getByText('10 recovery codes are left')).toBeVisible()

  await signOut(olga)
  await fillSignIn(olga, 'olga@example.org', chosen)
  await olga.getByLabel('Code', { exact: true }).fill('000000')
  await olga.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(olga.getByRole('alert').filter({ hasText: 'The code is wrong' })).toBeVisible()
  await olga.getByLabel('Code', { exact: true }).fill(recoveryCode)
  await olga.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(olga).toHaveURL(/\/admin$/)
  await visit(olga, '/admin/settings')
  await expect(olga.getByText('9 recovery codes are left')).toBeVisible()
  await expect(olga.getByRole('region', { name: 'Sessions' }).getByText('Password and code')).toBeVisible()

  // The link is used up.
  const late = await (await browser.newContext({ baseURL })).newPage()
  await visit(late, link)
  await expect(late.getByRole('alert').filter({ hasText: 'does not work' })).toBeVisible()
  await olga.context().close()
  await late.context().close()
})

test('what cannot be undone asks for the password again, and goes on by itself once it is right', async ({
  page,
  request,
}) => {
  const made = await request.post('/api/v1/admin/destinations', {
    headers: bearer,
    data: { name: 'Soon gone', kind: 'local', config: { path: '/tmp/holdfast-e2e-soon-gone' } },
  })
  expect(made.status()).toBe(201)
  const { id }: { id: string } = await made.json()
  await signIn(page)
  const remove = () =>
    page.evaluate(
      async (path) => (await fetch(path, { method: 'DELETE' })).json().catch(() => ({ code: 'done' })),
      `/api/v1/admin/destinations/${id}`,
    )
  expect(await remove()).toMatchObject({ code: 'step-up-needed', facts: { methods: ['password'] } })

  await visit(page, '/admin/settings?tab=sign-on')
  await page.getByLabel('Words of the button').fill('Example ID')
  await page.getByRole('button', { name: 'Save single sign-on' }).click()
  const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' })
  await dialog.getByLabel('Your password').fill('wrong')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await expect(dialog.getByText('The password is wrong.')).toBeVisible()
  await showAgain(page)
  await expect(page.getByText('Saved', { exact: true })).toBeVisible()
  expect(await remove()).toMatchObject({ code: 'done' })
})

test('someone from the identity provider signs in with one button and has the role of their groups', async ({
  page,
  request,
  baseURL,
}) => {
  await using idp = await startIdentityProvider({ redirectUris: [`${baseURL}/api/auth/callback/oidc`] })
  const set = async (oidc: Record<string, unknown>) => {
    const path = '/api/v1/admin/settings/operations'
    expect((await request.patch(path, { headers: bearer, data: { oidc } })).status()).toBe(200)
  }
  await set({
    enabled: true,
    issuer: idp.issuer,
    clientId: client.id,
    clientSecret: client.secret,
    label: 'Example ID',
    scopes: 'openid email profile groups',
    roleByGroup: { 'on-call': 'operator' },
  })
  try {
    idp.accounts.set('ines', { email: 'ines@example.org', name: 'Ines', groups: ['strangers'] })
    idp.signsIn = 'ines'
    await visit(page, '/login')
    await page.getByRole('button', { name: 'Sign in with Example ID' }).click()
    await expect(page.getByRole('alert').filter({ hasText: 'None of your groups may use Holdfast' })).toBeVisible()
    idp.accounts.set('ines', { email: 'ines@example.org', name: 'Ines', groups: ['on-call'] })
    await page.getByRole('button', { name: 'Sign in with Example ID' }).click()
    await expect(page).toHaveURL(/\/admin$/)
    await expect(page.getByRole('button', { name: 'Account of ines@example.org' }).first()).toContainText('Operator')
  } finally {
    await set({ enabled: false })
  }
})
