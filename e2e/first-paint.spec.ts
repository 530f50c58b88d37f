import { expect, test } from '@playwright/test'
import { signIn } from './helpers/people'
import { adminAddresses, ensurePolicy } from './helpers/pages'
import { catalogName, sourceNamed, waitUntilCalm } from './helpers/product'

test.beforeAll(async ({ request }) => {
  await waitUntilCalm(request)
  await ensurePolicy(request)
})

test('every page comes from the server with its data: no grey boxes in the first HTML', async ({ page, request }) => {
  test.setTimeout(480_000)
  await signIn(page)
  for (const address of await adminAddresses(request)) {
    const answer = await page.request.get(address)
    expect.soft(answer.status(), address).toBe(200)
    const html = await answer.text()
    // Next streams what comes late behind a fallback; what is hidden there would not be seen without scripts either.
    const shown = html.slice(html.indexOf('<main'), html.indexOf('</main>'))
    expect.soft(shown.length, address).toBeGreaterThan(200)
    expect.soft(shown.includes('animate-pulse'), `${address} has grey boxes`).toBe(false)
    expect.soft(shown, address).not.toContain('role="status" aria-label="Loading')
  }
})

test('without scripts the main pages show what is known', async ({ page, browser, request, baseURL }) => {
  await signIn(page)
  const still = await browser.newContext({
    javaScriptEnabled: false,
    storageState: await page.context().storageState(),
    ...(baseURL ? { baseURL } : {}),
  })
  const plain = await still.newPage()
  const source = await sourceNamed(request, catalogName)
  const looks: [address: string, text: RegExp][] = [
    ['/admin', /Holdfast’s own catalog: /],
    ['/admin/backups', /Succeeded/],
    ['/admin/backups?status=failed&source=' + source.id, /No backup matches/],
    ['/admin/sources', new RegExp(catalogName)],
    [`/admin/sources/${source.id}`, /Proven up to /],
    ['/admin/schedules', new RegExp(catalogName)],
    ['/admin/destinations', /local/i],
    ['/admin/restore-tests', /Passed/],
    ['/admin/settings?tab=about', /Version/],
  ]
  for (const [address, text] of looks) {
    await plain.goto(address)
    await expect(plain.getByRole('main').getByText(text).filter({ visible: true }).first(), address).toBeVisible()
  }
  // Times say their zone, and are of this year: the server does not know the viewer's.
  await plain.goto(`/admin/sources/${source.id}`)
  await expect(plain.locator('time').first()).toHaveText(/UTC/)
  await expect(plain.getByRole('main')).not.toContainText(/in \d\d years/)
  await still.close()
})

test('the browser takes the page over without drawing it anew', async ({ page, request }) => {
  test.setTimeout(480_000)
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && /hydrat|did not match|#418|#423|#425/i.test(message.text()))
      complaints.push(`${page.url()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`))
  await signIn(page)
  for (const address of await adminAddresses(request)) {
    await page.goto(address)
    await expect(page.locator('html[data-ready]')).toBeAttached()
  }
  expect(complaints).toEqual([])
})
