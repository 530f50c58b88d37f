import { expect, test } from '@playwright/test'
import { bearer, signIn, visit } from './helpers/people'
import { catalogName, sourceNamed, waitUntilCalm } from './helpers/product'

const viewer = { name: 'Vera Viewer', email: 'vera@example.org', role: 'viewer', password: 'only-looking-around' }

test.beforeAll(async ({ request }) => {
  const response = await request.post('/api/v1/admin/users', { headers: bearer, data: viewer })
  expect([201, 409]).toContain(response.status())
})

test('a viewer sees everything, may do nothing, and is told why', async ({ page, request }) => {
  await waitUntilCalm(request)
  await signIn(page, viewer)
  const backUp = page.getByRole('button', { name: `Back up ${catalogName} now` })
  await expect(backUp).toBeDisabled()
  await expect(backUp).toHaveAttribute('title', /Needs the role operator/)
  // Twice where there is no source yet: above the list and in its place.
  await expect(page.getByRole('button', { name: 'Add a source' }).first()).toBeDisabled()
  await expect(page.getByRole('button', { name: 'Add a source', disabled: false })).toHaveCount(0)

  await visit(page, '/admin/backups')
  const row = page.locator('tr[data-backup]').first()
  for (const name of [/^Restore-test/, /^Download/, /^Delete/])
    await expect(row.getByRole('button', { name })).toBeDisabled()

  await visit(page, '/admin/settings?tab=users')
  await expect(page.getByText('Only administrators manage users')).toBeVisible()
})

test('the services refuse a viewer whatever the screen shows', async ({ page, request }) => {
  const source = await sourceNamed(request, catalogName)
  await signIn(page, viewer)
  const status = await page.evaluate(async (sourceId) => {
    const response = await fetch('/api/v1/admin/backups', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ sourceId }),
    })
    return response.status
  }, source.id)
  expect(status).toBe(403)
})
