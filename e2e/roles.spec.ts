import { expect, test } from '@playwright/test'
import type { Backup } from '@/lib/contracts/backup'
import type { Page } from '@/lib/contracts/common'
import type { Source } from '@/lib/contracts/source'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { adminRoutes, ensurePolicy } from './helpers/pages'
import { bearer, signIn } from './helpers/people'
import { getJson, waitUntilCalm } from './helpers/product'
import { walk } from './helpers/walk'

const people = [
  { name: 'Vera Viewer', email: 'vera@example.org', role: 'viewer', password: 'only-looking-around' },
  { name: 'Otto Operator', email: 'otto@example.org', role: 'operator', password: 'runs-what-there-is' },
] as const

// A trace of every page would take longer than the walk; what is found says by itself where and how.
test.use({ trace: 'off' })

let server: TestPostgres
let source: Source
let beginnings: string[]

test.beforeAll(async ({ request }) => {
  test.setTimeout(180_000)
  server = await startPostgres()
  await server.sql('CREATE TABLE parcel AS SELECT id FROM generate_series(1, 1000) id')
  await waitUntilCalm(request)
  await ensurePolicy(request)
  for (const data of people) {
    const response = await request.post('/api/v1/admin/users', { headers: bearer, data })
    expect([201, 409]).toContain(response.status())
  }
  // The catalog's backups are an administrator's alone: of these an operator may do what there is.
  const connection = { host: server.host, port: server.port, database: 'postgres', user: 'postgres', ssl: 'disable' }
  const made = await request.post('/api/v1/admin/sources', { headers: bearer, data: { name: 'Walked', connection } })
  expect(made.status()).toBe(201)
  source = await made.json()
  const started = await request.post('/api/v1/admin/backups', { headers: bearer, data: { sourceId: source.id } })
  expect(started.status()).toBe(202)
  const backups = () => getJson<Page<Backup>>(request, `/admin/backups?status=succeeded&sourceId=${source.id}`)
  await expect.poll(async () => (await backups()).items.length, { timeout: 60_000 }).toBeGreaterThan(0)
  const [backup] = (await backups()).items
  const own = `/admin/sources/${source.id}`
  beginnings = ['/admin', own, `${own}/recover`, `/admin/backups/${backup?.id}`]
})

test.afterAll(async ({ request }) => {
  await waitUntilCalm(request)
  // Journeys build on the same data: this one takes its source with it.
  const removed = await request.delete(`/api/v1/admin/sources/${source.id}`, { headers: bearer })
  expect(removed.status()).toBe(204)
  await server.close()
})

/** What the folders have, but for what is an administrator's alone. */
const pagesForAll = adminRoutes()
  .filter((route) => !/\/(new|edit|audit)$/.test(route))
  .map((route) => route.replace('[id]', '#'))

/** Some of what each role must see and not get: else the walk has looked at nothing. */
const withheldFrom = {
  viewer: [
    '/admin: Audit log',
    '/admin/sources/#: Back up Walked now',
    '/admin/settings: Users',
    '/admin/sources/#: Change',
  ],
  operator: [
    '/admin: Audit log',
    '/admin/backups/#: Delete this backup',
    '/admin/settings: Users',
    '/admin/sources/#: Change',
  ],
}

for (const person of people) {
  test(`the role ${person.role} is offered nothing that is refused (security 22)`, async ({ page }) => {
    test.setTimeout(1_800_000)
    await signIn(page, person)
    const { pages, pressed, withheld, findings } = await walk(page, beginnings)
    expect(findings).toEqual([])
    expect(pages).toEqual(expect.arrayContaining(pagesForAll))
    expect(withheld).toEqual(expect.arrayContaining(withheldFrom[person.role]))
    expect(pressed.length).toBeGreaterThan(10)
  })
}
