import { readFileSync } from 'node:fs'
import { expect, test, type Page } from '@playwright/test'
import { signIn, visit } from './helpers/people'
import { waitUntilCalm } from './helpers/product'

const paths = [
  '/admin',
  '/admin/backups',
  '/admin/restore-tests',
  '/admin/restores',
  '/admin/alerts',
  '/admin/sources',
  '/admin/sources/new',
  '/admin/destinations',
  '/admin/destinations/new',
  '/admin/schedules',
  '/admin/schedules/new',
  '/admin/policies',
  '/admin/retention',
  '/admin/insight',
  '/admin/audit',
  '/admin/settings',
  '/admin/settings?tab=approvals',
  '/admin/nothing-here',
]

/** What the browser refused to load or run, from here on. */
function refusals(page: Page): string[] {
  const seen: string[] = []
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) seen.push(`${page.url()}: ${message.text()}`)
  })
  return seen
}

test('no page of the product breaks its own content security policy', async ({ page, request }) => {
  await waitUntilCalm(request)
  const refused = refusals(page)
  await visit(page, '/login')
  await signIn(page)
  for (const path of paths) {
    await visit(page, path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  }
  expect(refused).toEqual([])
})

test('a script that somebody got into a page does not run (security 23)', async ({ page }) => {
  const refused = refusals(page)
  await page.route('**/login', async (route) => {
    const answer = await route.fetch()
    const injected = `<script>window.injected = 1</script><img src="x" onerror="window.injected = 2">
      <script src="data:text/javascript,window.injected=3"></script></body>`
    await route.fulfill({ response: answer, body: (await answer.text()).replace('</body>', injected) })
  })
  await visit(page, '/login')
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible()
  expect(await page.evaluate(() => 'injected' in window)).toBe(false)
  expect(refused.length).toBeGreaterThanOrEqual(3)
})

test('an unknown API address answers with a problem document, not with a page', async ({ request }) => {
  for (const path of ['/api/v1/nothing', '/api/v1/admin/sources/a/b', '/api/nothing']) {
    const answer = await request.get(path)
    expect([path, answer.status(), answer.headers()['content-type']]).toEqual([path, 404, 'application/problem+json'])
  }
})

test('icons, robots.txt and the well-known address need no sign-in', async ({ request }) => {
  const types: Record<string, RegExp> = {
    '/robots.txt': /^text\/plain/,
    '/favicon.ico': /^image\/(x-icon|vnd\.microsoft\.icon)/,
    '/icon.svg': /^image\/svg\+xml/,
    '/apple-touch-icon.png': /^image\/png/,
  }
  for (const [path, type] of Object.entries(types)) {
    const answer = await request.get(path, { maxRedirects: 0 })
    expect(answer.status(), path).toBe(200)
    expect(answer.headers()['content-type'], path).toMatch(type)
    expect(Buffer.compare(await answer.body(), readFileSync(`public${path}`)), path).toBe(0)
  }
  const wellKnown = await request.get('/.well-known/change-password', { maxRedirects: 0 })
  expect([wellKnown.status(), wellKnown.headers()['location']]).toEqual([307, '/admin/settings'])
})
