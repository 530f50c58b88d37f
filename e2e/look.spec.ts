import { expect, test, type Page } from '@playwright/test'
import { signIn, visit } from './helpers/people'
import { waitUntilCalm } from './helpers/product'

const pages: ReadonlyArray<readonly [path: string, heading: string]> = [
  ['/admin', 'Overview'],
  ['/admin/backups', 'Backups'],
  ['/admin/restore-tests', 'Restore tests'],
  ['/admin/restores', 'Restores'],
  ['/admin/alerts', 'Alerts'],
  ['/admin/sources', 'Sources'],
  ['/admin/sources/new', 'Add a source'],
  ['/admin/destinations', 'Destinations'],
  ['/admin/destinations/new', 'Add a destination'],
  ['/admin/schedules', 'Schedules'],
  ['/admin/schedules/new', 'Add a schedule'],
  ['/admin/audit', 'Audit log'],
  ['/admin/settings', 'Settings'],
]

const sidewaysBy = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

/** Controls without a name that a screen reader could say. */
const namelessControls = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, a[href], input, select, textarea')]
      .filter((element) => {
        const labelled = element.id !== '' && document.querySelector(`label[for="${CSS.escape(element.id)}"]`) !== null
        const name =
          element.getAttribute('aria-label') ?? element.getAttribute('aria-labelledby') ?? element.textContent?.trim()
        return element.getAttribute('aria-hidden') !== 'true' && !labelled && !element.closest('label') && !name
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  )

for (const [scheme, width] of [
  ['light', 1280],
  ['dark', 390],
] as const) {
  test.describe(`${scheme}, ${width} pixels wide`, () => {
    test.use({ colorScheme: scheme, viewport: { width, height: 844 } })

    test('the main pages and forms have their heading, landmarks and names, and do not scroll sideways', async ({
      page,
      request,
    }) => {
      await waitUntilCalm(request)
      await signIn(page)
      for (const [path, heading] of pages) {
        await visit(page, path)
        await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
        await expect(page.getByRole('main').getByRole('status', { name: /^Loading/ })).toHaveCount(0)
        await expect(page).toHaveTitle(/ · Holdfast$/)
        expect(await sidewaysBy(page), path).toBeLessThanOrEqual(0)
        expect(await namelessControls(page), path).toEqual([])
      }
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      const lightness = Number(/[\d.]+/.exec(background.replace(/^[a-z]+\(/, ''))?.[0])
      expect(scheme === 'dark' ? lightness < 0.4 || lightness > 1 : lightness > 0.6).toBe(true)
    })
  })
}

test('the navigation of a phone opens, leads on and closes', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await signIn(page)
  await page.getByRole('button', { name: 'Open navigation' }).click()
  await page.getByRole('dialog', { name: 'Navigation' }).getByRole('link', { name: 'Schedules' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Schedules' })).toBeVisible()
  await expect(page.getByRole('dialog')).toHaveCount(0)
})

test('the first Tab leads past the navigation to the content', async ({ page }) => {
  await signIn(page)
  await visit(page, '/admin/backups')
  await expect(page.getByRole('heading', { level: 1, name: 'Backups' })).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()
})

test('a chosen theme is there in the first paint after a reload', async ({ page }) => {
  await signIn(page)
  await page.getByRole('radio', { name: 'Dark theme' }).first().click()
  const response = await page.reload()
  expect(await response?.text()).toContain('data-theme="dark"')
  await expect(page.getByRole('radio', { name: 'Dark theme' }).first()).toBeChecked()
})
