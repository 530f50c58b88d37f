import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { startProduct, type StartedProduct } from '../test/setup/start-product'
import { visit } from './helpers/people'

let product: StartedProduct
const port = String(Number(process.env.E2E_PORT) + 1)
const base = `http://127.0.0.1:${port}`
const owner = { email: 'owner@example.org', password: 'a password of my own' }

test.beforeAll(async () => {
  test.setTimeout(320_000)
  product = await startProduct({
    PORT: port,
    HOLDFAST_ADMIN_EMAIL: undefined,
    HOLDFAST_ADMIN_PASSWORD: undefined,
    HOLDFAST_API_TOKEN: undefined,
    NEXTAUTH_URL: `http://backup.lan:${port}`,
  })
})
test.afterAll(() => product.stop())

const codeFile = () => path.join(product.home, 'keys/setup-code')
const printedCode = () => /set-up code: (\S+)/.exec(product.lines.join('\n'))?.[1] ?? ''

test('the start prints a set-up code, which only its owner can read, and the address that leads there', async ({
  page,
}) => {
  expect(printedCode()).toMatch(/^(\w{4}-){3}\w{4}$/)
  expect(statSync(codeFile()).mode & 0o777).toBe(0o600)
  for (const start of ['/', '/login', '/admin']) {
    await visit(page, base + start)
    await expect(page).toHaveURL(`${base}/setup`)
  }
})

test('the instance is nobody’s who has no code, whatever name they call it by; its public address is a name of it', async ({
  request,
}) => {
  const body = { email: 'thief@example.org', password: 'a password of theirs', name: '' }
  const post = (data: unknown, headers: Record<string, string> = {}) =>
    request.post(`${base}/api/v1/setup`, { data, headers })
  expect((await post(body)).status()).toBe(400)
  expect(await (await post({ ...body, code: 'AAAA-AAAA-AAAA-AAAA' })).json()).toMatchObject({
    code: 'setup-code-wrong',
  })
  expect((await post({ ...body, code: printedCode() }, { host: 'rebound.evil.example' })).status()).toBe(421)
  expect(await (await request.get(`${base}/api/v1/setup`)).json()).toEqual({ needed: true })
  const called = await request.get(`${base}/api/v1/setup`, { headers: { host: `backup.lan:${port}` } })
  expect(await called.json()).toEqual({ needed: true })
})

test('the form comes with the page, and set-up goes on after a reload where it was left', async ({ page, request }) => {
  const html = await (await request.get(`${base}/setup`)).text()
  expect(html).toContain('Set-up code')
  expect(html).toContain('Create and continue')
  await visit(page, `${base}/setup`)
  await page.getByLabel('Set-up code').fill('AAAA-AAAA-AAAA-AAAA')
  await page.getByLabel('E-mail').fill(owner.email)
  await page.getByLabel('Password', { exact: true }).fill(owner.password)
  await page.getByLabel('Password again').fill(owner.password)
  await page.getByRole('button', { name: 'Create and continue' }).click()
  await expect(page.getByText('The set-up code is wrong.').first()).toBeVisible()
  await page.getByLabel('Set-up code').fill(printedCode().toLowerCase())
  await page.getByRole('button', { name: 'Create and continue' }).click()
  const kit = page.getByRole('heading', { level: 1, name: 'Store the recovery kit' })
  await expect(kit).toBeVisible()
  expect(existsSync(codeFile())).toBe(false)
  await page.reload()
  await expect(kit).toBeVisible()
  await expect(page.getByText('Step 2 of 2')).toBeVisible()
  expect((await page.request.get(base, { maxRedirects: 0 })).headers()['location']).toContain('/admin')
})

test('afterwards set-up leads to the sign-in, whose form comes with the page too', async ({ page, request }) => {
  const html = await (await request.get(`${base}/login`)).text()
  expect(html).toContain('E-mail')
  expect(html).not.toContain('animate-pulse')
  await visit(page, base)
  await expect(page).toHaveURL(`${base}/login`)
  await visit(page, `${base}/setup`)
  await expect(page).toHaveURL(/\/login\?callbackUrl=%2Fsetup$/)
  const again = { code: printedCode(), email: 'late@example.org', password: 'a password of theirs', name: '' }
  expect((await request.post(`${base}/api/v1/setup`, { data: again })).status()).toBe(409)
})
