import { expect, test, type Page as Tab } from '@playwright/test'
import { roles, type Role } from '@/lib/contracts/common'
import { findRoute } from '@/lib/contracts/routes/find-route'
import { answers, bearer, signIn } from './helpers/people'
import { adminAddresses, ensurePolicy } from './helpers/pages'
import { waitUntilCalm } from './helpers/product'

const people = {
  viewer: { name: 'Vera Viewer', email: 'vera@example.org', role: 'viewer', password: 'only-looking-around' },
  operator: { name: 'Otto Operator', email: 'otto@example.org', role: 'operator', password: 'runs-what-there-is' },
} as const

test.beforeAll(async ({ request }) => {
  await waitUntilCalm(request)
  await ensurePolicy(request)
  for (const data of Object.values(people)) {
    const response = await request.post('/api/v1/admin/users', { headers: bearer, data })
    expect([201, 409]).toContain(response.status())
  }
})

const may = (role: Role, needed: Role | 'public') => needed === 'public' || roles.indexOf(role) >= roles.indexOf(needed)

/** Whatever the page sends is looked at instead of done: what its route needs, against who is signed in. */
async function watch(page: Tab, role: Role): Promise<string[]> {
  const refused: string[] = []
  await page.route('**/api/v1/**', async (route) => {
    const request = route.request()
    const { pathname } = new URL(request.url())
    const needed = findRoute(request.method(), pathname)?.role
    if (needed === undefined || !may(role, needed))
      refused.push(`${new URL(page.url()).pathname}: ${request.method()} ${pathname} needs ${needed}`)
    if (request.method() === 'GET') return route.continue()
    return route.fulfill({
      status: 409,
      json: { type: 'about:blank', title: 'Looked at', status: 409, code: 'looked-at' },
    })
  })
  return refused
}

const away = /^(Sign out|Print|Older|Newer|Newest|First|Next|Previous|Back|Open navigation|Account of)/

/** Presses every button there is, and in the dialogs and menus that open every one that does something. */
async function pressAll(page: Tab, address: string): Promise<void> {
  const buttons = page.getByRole('main').locator('button:enabled, [role=switch]:enabled')
  const count = await buttons.count()
  for (let index = 0; index < count; index += 1) {
    const button = buttons.nth(index)
    if (!(await button.isVisible()) || !(await button.isEnabled())) continue
    const name = (await button.getAttribute('aria-label')) ?? (await button.innerText())
    if (away.test(name.trim())) continue
    await button.click({ timeout: 5_000 })
    const inner = page.locator('[role=dialog] button:enabled, [role=menuitem]:not([data-disabled])')
    if ((await inner.count()) > 0) {
      const dialogButtons = page.locator('[role=dialog] button:enabled')
      const last = dialogButtons.last()
      if ((await dialogButtons.count()) > 0) await last.click({ timeout: 5_000 })
      await page.keyboard.press('Escape')
      await page.keyboard.press('Escape')
    }
    if (!page.url().includes(address)) {
      await page.goto(address)
      await answers(page)
    }
  }
}

for (const person of Object.values(people)) {
  test(`a ${person.role} is offered nothing that is refused (security 22)`, async ({ page, request }) => {
    test.setTimeout(480_000)
    await signIn(page, person)
    const refused = await watch(page, person.role)
    for (const address of await adminAddresses(request)) {
      await page.goto(address)
      await answers(page)
      await pressAll(page, address)
      for (const link of await page.locator('main a[href^="/api/v1/"]').all()) {
        const pathname = new URL((await link.getAttribute('href')) ?? '', page.url()).pathname
        const needed = findRoute('GET', pathname)?.role
        if (needed === undefined || !may(person.role, needed)) refused.push(`${address}: link to ${pathname}`)
      }
    }
    expect([...new Set(refused)]).toEqual([])
  })
}
