import { expect, test, type Page } from '@playwright/test'
import type { RecoveryWindows } from '@/lib/contracts/recovery/continuous'
import type { Page as Listed } from '@/lib/contracts/common'
import type { Destination } from '@/lib/contracts/destination'
import type { Source } from '@/lib/contracts/source'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { bearer, signIn, visit } from './helpers/people'
import { getJson, waitUntilCalm } from './helpers/product'

const role = 'keeper'
let server: TestPostgres
let source: Source

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ request }) => {
  server = await startPostgres()
  await server.sql(`CREATE ROLE ${role} LOGIN; GRANT pg_read_all_data TO ${role}`)
  await server.sql('CREATE TABLE parcel AS SELECT id FROM generate_series(1, 1000) id')
  await waitUntilCalm(request)
  const connection = { host: server.host, port: server.port, database: 'postgres', user: role, ssl: 'disable' }
  const made = await request.post('/api/v1/admin/sources', { headers: bearer, data: { name: 'Followed', connection } })
  expect(made.status()).toBe(201)
  source = await made.json()
})
test.afterAll(async ({ request }) => {
  // A base backup may be under way by then.
  await waitUntilCalm(request)
  const removed = await request.delete(`/api/v1/admin/sources/${source.id}`, { headers: bearer })
  expect(removed.status()).toBe(204)
  await server.close()
})

const slots = async () =>
  (await server.sql('SELECT slot_name FROM pg_replication_slots')).map((row) => row['slot_name'])
const card = (page: Page) => page.getByRole('region', { name: 'Continuous protection' })
const openSource = async (page: Page) => {
  await signIn(page)
  await visit(page, `/admin/sources/${source.id}`)
}
const protectionNow = async (page: Page) =>
  (await getJson<Source>(page.request, `/admin/sources/${source.id}`)).protection

test('what the server lacks is named with the SQL for it, and once that was run the log is streaming', async ({
  page,
  request,
}) => {
  await openSource(page)
  await card(page).getByRole('button', { name: 'Switch on…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Protect Followed continuously' })
  const finding = dialog.locator('[data-finding="replication-role"]')
  await expect(finding).toContainText(`User ${role} may not open replication connections.`)
  await expect(dialog.getByRole('status')).toContainText('The server lacks')
  const switchOn = dialog.getByRole('button', { name: 'Switch on' })
  await expect(switchOn).toBeDisabled()
  expect(await slots()).toEqual([])

  await server.sql(await finding.locator('pre').innerText())
  await dialog.getByRole('button', { name: 'Check again' }).click()
  await expect(dialog.getByRole('status')).toContainText('The server has everything that is needed')
  await expect(finding).toHaveCount(0)

  await dialog.getByRole('radio', { name: 'The server hands it in' }).click()
  await expect(dialog.locator('[data-finding="archive-command"]')).toContainText(`/sources/${source.id}/log/%f`)
  await dialog.getByRole('radio', { name: 'Holdfast reads it from the server' }).click()
  await expect(dialog.getByRole('status')).toContainText('The server has everything that is needed')

  await expect(dialog.getByRole('radio', { name: 'Dumps and continuously' })).toBeChecked()
  await dialog.getByRole('radio', { name: 'Dumps', exact: true }).click()
  await expect(switchOn).toBeDisabled()
  await dialog.getByRole('radio', { name: 'Dumps and continuously' }).click()
  await dialog.getByLabel('A commit is stored at the latest after').selectOption('10 s')
  const { items } = await getJson<Listed<Destination>>(request, '/admin/destinations')
  const [destination] = items
  if (!destination) throw new Error('There is no destination')
  await dialog.getByRole('checkbox', { name: destination.name }).click()
  await switchOn.click()
  await expect(dialog).toBeHidden()
  expect(await protectionNow(page)).toEqual({
    dumps: true,
    continuous: true,
    log: 'stream',
    sliceMs: 10_000,
    destinationIds: [destination.id],
  })

  await expect(card(page).locator('[data-stream="streaming"]')).toContainText('Streaming', { timeout: 60_000 })
  const [slot] = await slots()
  await expect(card(page)).toContainText(String(slot))
  await expect(card(page)).toContainText('(objective 10 s)')
  await expect(card(page)).toContainText(destination.name)
  await server.sql('INSERT INTO parcel VALUES (-1)')
  await expect(card(page).getByText('Newest stored commit').locator('..').locator('time')).toBeVisible({
    timeout: 30_000,
  })
})

test('the first base backup is taken by itself and begins a window', async ({ page }) => {
  await openSource(page)
  const window = card(page).locator('tr[data-row="window"]')
  await expect(window).toHaveCount(1, { timeout: 90_000 })
  await expect(window).toContainText('It goes on.')
  await expect(card(page).locator('[data-part="window"]')).toHaveCount(1)
  await expect(card(page).getByText('None yet')).toHaveCount(0)
  const known = await getJson<RecoveryWindows>(page.request, `/admin/sources/${source.id}/windows`)
  const [backupId] = known.windows[0]?.backupIds ?? []
  await window.getByRole('link').filter({ visible: true }).click()
  await expect(page).toHaveURL(new RegExp(`/admin/backups/${backupId}$`))
})

test('windows and gaps are drawn as they are answered, and said in words', async ({ page }) => {
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
  const known = await getJson<RecoveryWindows>(page.request, `/admin/sources/${source.id}/windows`)
  const backupId = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'
  const window = { timeline: '1', backupIds: [backupId] }
  const answer: RecoveryWindows = {
    ...known,
    windows: [
      {
        ...window,
        from: ago(600),
        to: ago(300),
        fromPosition: '0/3000028',
        toPosition: '0/9000000',
        endsBecause: 'The slot was lost.',
      },
      { ...window, from: ago(200), to: ago(0), fromPosition: '0/C000028', toPosition: '0/F000148', endsBecause: null },
      {
        ...window,
        timeline: '2',
        from: ago(100),
        to: ago(0),
        fromPosition: '0/E000028',
        toPosition: '0/E800000',
        endsBecause: null,
      },
    ],
    gaps: [
      {
        timeline: '1',
        from: ago(300),
        to: ago(240),
        fromPosition: '0/9000000',
        toPosition: '0/B000000',
        because: 'The slot was lost.',
      },
    ],
    destinations: [],
  }
  await page.route(`**/api/v1/admin/sources/${source.id}/windows`, (route) => route.fulfill({ json: answer }))
  await openSource(page)
  const bar = card(page).getByRole('figure', { name: 'Windows and gaps on a time axis' })
  await expect(bar.locator('[data-part="window"]')).toHaveCount(3)
  await expect(bar.getByText('Timeline 2')).toBeVisible()
  const places = await bar.locator('[data-part]').evaluateAll((parts) =>
    parts.map((part) => {
      const row = part.closest('ul')?.getBoundingClientRect()
      const { left, right } = part.getBoundingClientRect()
      return row ? [left, right].map((x) => Math.round(((x - row.left) / row.width) * 600)) : []
    }),
  )
  const expected = [
    [0, 300],
    [300, 360],
    [400, 600],
    [500, 600],
  ]
  expect(places).toHaveLength(expected.length)
  for (const [index, ends] of expected.entries())
    for (const [side, minutes] of ends.entries())
      expect(Math.abs((places[index]?.[side] ?? NaN) - minutes)).toBeLessThan(8)

  await bar.locator('[data-part="gap"]').focus()
  await expect(bar.locator('[data-pointed]')).toContainText(/^Gap from .*:\d\d .* to .* The slot was lost\.$/)
  await bar.locator('[data-part="window"]').nth(1).hover()
  await expect(bar.locator('[data-pointed]')).toContainText(/^Every point from .* It goes on\.$/)

  const table = card(page).getByRole('region', { name: 'Windows and gaps' })
  await expect(table.locator('tr[data-row="window"]')).toHaveCount(3)
  const gap = table.locator('tr[data-row="gap"]')
  await expect(gap).toContainText('0/9000000 – 0/B000000')
  await expect(gap).toContainText('The slot was lost.')
  await expect(table.getByRole('link').first()).toHaveAttribute('href', `/admin/backups/${backupId}`)
  await page.unrouteAll({ behavior: 'wait' })
})

test('how it is protected can be changed', async ({ page }) => {
  await openSource(page)
  await card(page).getByRole('button', { name: 'Change…' }).click()
  const dialog = page.getByRole('dialog', { name: 'How Followed is protected' })
  await dialog.getByRole('checkbox', { checked: true }).click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByText('Choose at least one destination')).toBeVisible()
  await dialog.getByRole('checkbox').first().click()
  await dialog.getByLabel('A commit is stored at the latest after').selectOption('30 s')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toBeHidden()
  expect(await protectionNow(page)).toMatchObject({ dumps: true, continuous: true, sliceMs: 30_000 })
  await expect(card(page)).toContainText('(objective 30 s)')
  await expect(card(page).locator('[data-stream="streaming"]')).toBeVisible({ timeout: 60_000 })
})

test('while the server is away, why and when it is tried again is said', async ({ page }) => {
  await openSource(page)
  await server.stop()
  await expect(card(page).locator('[data-stream="waiting"]')).toContainText('the server keeps it meanwhile', {
    timeout: 60_000,
  })
  await expect(card(page).getByRole('alert')).toContainText(/Next attempt .*:\d\d/)
  await server.start()
  await expect(card(page).locator('[data-stream="streaming"]')).toBeVisible({ timeout: 90_000 })
  await expect(card(page).getByRole('alert')).toHaveCount(0)
})

test('switching off says what is lost, and takes the slot from the server', async ({ page }) => {
  await openSource(page)
  const [slot] = await slots()
  expect(slot).toBeDefined()
  await card(page).getByRole('button', { name: 'Switch off…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Switch continuous protection of Followed off?' })
  await expect(dialog).toContainText(`The slot ${String(slot)} is removed from the server.`)
  await expect(dialog).toContainText('Points after now cannot be recovered to')
  await dialog.getByRole('button', { name: 'Switch off' }).click()
  await expect(dialog).toBeHidden()
  await expect.poll(slots, { timeout: 60_000 }).toEqual([])
  await expect(card(page).getByRole('button', { name: 'Switch on…' })).toBeVisible()
  await expect(card(page).locator('[data-stream]')).toHaveCount(0, { timeout: 30_000 })
  expect(await protectionNow(page)).toMatchObject({ dumps: true, continuous: false })
})
