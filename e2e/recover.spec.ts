import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import type { AuditEvent } from '@/lib/contracts/audit'
import type { Page as Listed } from '@/lib/contracts/common'
import type { RecoveryWindows } from '@/lib/contracts/recovery/continuous'
import type { Source } from '@/lib/contracts/source'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { bearer, showAgain, signIn, visit } from './helpers/people'
import { getJson, waitUntilCalm } from './helpers/product'

const role = 'keeper'
const viewer = { name: 'Vera Viewer', email: 'vera@example.org', role: 'viewer', password: 'only-looking-around' }
const named = 'before the import'
let server: TestPostgres
let source: Source

test.describe.configure({ mode: 'serial' })
// A zone with another offset than UTC, so that one is told from the other.
test.use({ timezoneId: 'Europe/Athens' })

test.beforeAll(async ({ request }) => {
  test.setTimeout(240_000)
  server = await startPostgres()
  await server.sql(`CREATE ROLE ${role} LOGIN REPLICATION CREATEDB; GRANT pg_read_all_data TO ${role}`)
  await server.sql('CREATE TABLE parcel AS SELECT id FROM generate_series(1, 10) id')
  await waitUntilCalm(request)
  const people = await request.post('/api/v1/admin/users', { headers: bearer, data: viewer })
  expect([201, 409]).toContain(people.status())
  const connection = { host: server.host, port: server.port, database: 'postgres', user: role, ssl: 'disable' }
  const made = await request.post('/api/v1/admin/sources', { headers: bearer, data: { name: 'Rewound', connection } })
  expect(made.status()).toBe(201)
  source = await made.json()
  const protection = { dumps: true, continuous: true, sliceMs: 2_000 }
  const kept = await request.patch(`/api/v1/admin/sources/${source.id}`, { headers: bearer, data: { protection } })
  expect(kept.status()).toBe(200)
  const windows = () => getJson<RecoveryWindows>(request, `/admin/sources/${source.id}/windows`)
  await expect.poll(async () => (await windows()).windows.length, { timeout: 120_000 }).toBe(1)
})
test.afterAll(async ({ request }) => {
  await waitUntilCalm(request)
  const removed = await request.delete(`/api/v1/admin/sources/${source.id}`, { headers: bearer })
  expect(removed.status()).toBe(204)
  await server.close()
})

const card = (page: Page) => page.getByRole('region', { name: 'Continuous protection' })
const main = (page: Page) => page.getByRole('main')
const start = (page: Page) => page.getByRole('button', { name: 'Start the recovery' })
const state = (page: Page, name: string) => main(page).locator(`[data-recovery="${name}"]`)
const sidewaysBy = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

async function openPoint(page: Page, search: string): Promise<void> {
  await signIn(page)
  await visit(page, `/admin/sources/${source.id}/recover?${search}`)
}

async function begin(page: Page): Promise<void> {
  await start(page).click()
  await showAgain(page)
  await expect(page).toHaveURL(/\/admin\/recoveries\/[0-9a-f-]{36}$/)
}

test('a moment is named by a button, once the server lets it be named', async ({ page, request }) => {
  await signIn(page)
  await visit(page, `/admin/sources/${source.id}`)
  await card(page).getByRole('button', { name: 'Name this moment…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Name this moment' })
  await dialog.getByRole('button', { name: 'Name it' }).click()
  await expect(dialog.getByText('Give it a name')).toBeVisible()
  await dialog.getByLabel('Name', { exact: true }).fill(named)
  await dialog.getByRole('button', { name: 'Name it' }).click()
  const remedy = await dialog.getByRole('alert').innerText()
  await server.sql(/GRANT EXECUTE [^;]+;/.exec(remedy)?.[0] ?? 'SELECT no_statement_was_shown')
  await dialog.getByRole('button', { name: 'Name it' }).click()
  await expect(dialog).toBeHidden()
  await server.sql('INSERT INTO parcel SELECT generate_series(11, 15)')

  const body = { sourceId: source.id, target: { type: 'name', value: named } }
  const reachable = async () =>
    (await request.post('/api/v1/admin/recoveries/check', { headers: bearer, data: body })).status()
  await expect.poll(reachable, { timeout: 60_000 }).toBe(200)
})

test('the source is looked at as it was at that moment, and nothing is changed', async ({ page, request, browser }) => {
  test.setTimeout(240_000)
  await signIn(page)
  await visit(page, `/admin/sources/${source.id}`)
  await card(page).getByRole('link', { name: 'Recover to a point' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Recover Rewound to a point' })).toBeVisible()
  await expect(page.getByRole('figure', { name: 'Windows and gaps on a time axis' })).toBeVisible()
  await page.getByRole('radio', { name: 'A restore point' }).click()
  await expect(page.getByLabel('Restore point', { exact: true })).toHaveValue(named)
  await expect(page.getByRole('status').filter({ hasText: 'This point can be reached' })).toContainText(
    'base backup of',
  )
  await expect(page).toHaveURL(/to=name&at=before\+the\+import/)
  await expect(page.getByRole('radio', { name: 'Look' })).toBeChecked()
  await begin(page)
  await expect(main(page)).toContainText(`at restore point ${named}, to be looked at`)
  await expect(state(page, 'ready')).toBeVisible({ timeout: 120_000 })
  await expect(main(page).locator('[data-reached]')).toContainText('position ')

  const look = page.getByRole('region', { name: 'Look' })
  const rows = look.getByRole('region', { name: 'Rows' }).locator('tbody tr')
  const run = async (sql: string) => {
    await look.getByLabel('SQL').fill(sql)
    await look.getByLabel('SQL').press('Control+Enter')
  }
  await run('SELECT id FROM parcel ORDER BY id')
  await expect(rows).toHaveText(Array.from({ length: 10 }, (_, index) => String(index + 1)))
  await expect(look.getByRole('status')).toContainText('10 rows.')
  await run(`SELECT NULL AS nothing, '' AS empty, 'NULL' AS word`)
  await expect(rows.locator('td')).toHaveText(['NULL', '', 'NULL'])
  await expect(rows.locator('td').locator('.italic')).toHaveCount(1)
  await run('SELECT n FROM generate_series(1, 1001) n')
  await expect(look.getByRole('status')).toContainText('Only the first 1,000 rows: there are more.')
  await run('DELETE FROM parcel')
  await expect(look.getByRole('alert')).toContainText('this begins with DELETE')
  await run('SELECT nothing_like_it FROM parcel')
  await expect(look.getByRole('alert')).toContainText('column "nothing_like_it" does not exist')

  const audit = await getJson<Listed<AuditEvent>>(request, '/admin/audit?action=recovery.query')
  const asked = audit.items.map(({ detail }) => JSON.stringify(detail))
  for (const sql of ['ORDER BY id', 'DELETE FROM parcel'])
    expect(asked.filter((detail) => detail.includes(sql))).toHaveLength(1)

  const other = await browser.newContext()
  const theirs = await other.newPage()
  await signIn(theirs, viewer)
  await visit(theirs, page.url())
  await theirs.getByLabel('SQL').fill('SELECT 1')
  for (const name of ['Run', 'Keep for two more hours', 'End and remove…']) {
    await expect(theirs.getByRole('button', { name })).toBeDisabled()
    await expect(theirs.getByRole('button', { name })).toHaveAttribute('title', /Needs the role operator/)
  }
  await theirs.getByLabel('SQL').press('Control+Enter')
  await expect(theirs.getByRole('region', { name: 'Look' }).getByRole('alert')).toHaveCount(0)
  await other.close()

  await page.setViewportSize({ width: 390, height: 844 })
  await run(`SELECT ${Array.from({ length: 30 }, (_, index) => `repeat('x', 40) AS column_${index}`).join(', ')}`)
  await expect(rows.locator('td')).toHaveCount(30)
  expect(await sidewaysBy(page)).toBeLessThanOrEqual(0)

  await page.getByRole('button', { name: 'Keep for two more hours' }).click()
  await expect(page.getByText('It is kept for longer')).toBeVisible()
  await page.getByRole('button', { name: 'End and remove…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End and remove' }).click()
  await expect(state(page, 'closed')).toBeVisible({ timeout: 60_000 })
  await expect(look).toHaveCount(0)
  expect((await server.sql('SELECT count(*)::int AS count FROM parcel'))[0]).toEqual({ count: 15 })
})

test('a time before the first base backup is refused, and the nearest point is filled in', async ({
  page,
  request,
}) => {
  const known = await getJson<RecoveryWindows>(request, `/admin/sources/${source.id}/windows`)
  const from = known.windows[0]?.from ?? ''
  const before = new Date(Date.parse(from) - 3_600_000).toISOString()
  await openPoint(page, `to=time&at=${before}`)
  await expect(main(page).getByRole('alert')).toContainText('lies before the end of the first base backup')
  await expect(start(page)).toBeDisabled()
  // The field shows the viewer's zone, the address UTC.
  const field = page.getByLabel('Time', { exact: true })
  const inAthens = (at: string) => new Date(Date.parse(at) + athensAheadMs(at)).toISOString().slice(0, -1)
  await expect(field).toHaveValue(inAthens(before))
  await page.getByRole('button', { name: /^Nearest after: / }).click()
  await expect(page.getByRole('status').filter({ hasText: 'This point can be reached' })).toBeVisible()
  await expect(field).toHaveValue(inAthens(from))
  await expect(start(page)).toBeEnabled()
  await expect(page).toHaveURL((url) => url.searchParams.get('at') === from)
  await page.getByLabel('Zone').selectOption('UTC')
  await expect(field).toHaveValue(from.slice(0, -1))
  await field.fill(before.slice(0, -1))
  await expect(page).toHaveURL((url) => url.searchParams.get('at') === before)
  await expect(main(page).getByRole('alert')).toContainText('lies before the end of the first base backup')
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await sidewaysBy(page)).toBeLessThanOrEqual(0)
})

test('what is wrong with what is taken stands at its field, and the state of then becomes a database', async ({
  page,
}) => {
  test.setTimeout(240_000)
  await openPoint(page, `to=name&at=${named}`)
  await page.getByRole('radio', { name: 'Take' }).click()
  await expect(start(page)).toBeEnabled()
  await start(page).click()
  const database = page.getByLabel('New database')
  await expect(database).toBeFocused()
  await expect(database).toHaveAttribute('aria-invalid', 'true')
  await database.fill('then')
  await page.getByLabel('Owners and grants').selectOption('Leave out')
  await begin(page)
  await expect(state(page, 'finished')).toBeVisible({ timeout: 180_000 })
  await expect(main(page)).toContainText('the new database "then"')
  expect((await server.sql('SELECT count(*)::int AS count FROM parcel', 'then'))[0]).toEqual({ count: 10 })
})

test('a hand-over says where the folder is and how it is started', async ({ page }) => {
  test.setTimeout(240_000)
  const parent = mkdtempSync(path.join(tmpdir(), 'hf-handed-'))
  const folder = path.join(parent, 'main')
  try {
    await openPoint(page, 'to=latest')
    await page.getByRole('radio', { name: 'Hand over' }).click()
    await expect(start(page)).toBeEnabled()
    await start(page).click()
    await expect(page.getByText('Name the new folder')).toBeVisible()
    await page.getByLabel('New folder').fill(folder)
    await begin(page)
    await expect(state(page, 'finished')).toBeVisible({ timeout: 180_000 })
    await expect(main(page)).toContainText(`pg_ctl -D '${folder}' start`)
    await expect(main(page)).toContainText('It neither archives nor replicates')
    expect(existsSync(path.join(folder, 'PG_VERSION'))).toBe(true)
  } finally {
    rmSync(parent, { recursive: true, force: true })
  }
})

test('a viewer sees recoveries and what could be done, and starts nothing', async ({ page }) => {
  await signIn(page, viewer)
  await visit(page, '/admin/restores')
  const table = page.getByRole('region', { name: 'Recoveries to a point' }).getByRole('row')
  await expect(table.filter({ hasText: 'Rewound' })).toHaveCount(3)
  await table.getByRole('link', { name: 'Rewound' }).last().click()
  await expect(state(page, 'closed')).toBeVisible()
  const answer = await page.request.get(page.url())
  expect(await answer.text()).not.toContain('animate-pulse')
  await visit(page, `/admin/sources/${source.id}`)
  await expect(card(page).getByRole('button', { name: 'Name this moment…' })).toBeDisabled()
  await card(page).getByRole('link', { name: 'Recover to a point' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'This point can be reached' })).toBeVisible()
  await expect(start(page)).toBeDisabled()
  await expect(start(page)).toHaveAttribute('title', /Needs the role operator/)
})

/** By the runtime's own calendar. */
function athensAheadMs(at: string): number {
  const date = new Date(at)
  const hour = (timeZone: string) =>
    Number(new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(date))
  return ((hour('Europe/Athens') - hour('UTC') + 24) % 24) * 3_600_000
}
