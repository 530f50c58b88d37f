import path from 'node:path'
import { expect, test } from '@playwright/test'
import type { RestoreTest } from '@/lib/contracts/backup'
import type { Page as ListPage } from '@/lib/contracts/common'
import { PlainTools } from '@/test/helpers/databases/plain-tools'
import { startPostgres, type TestPostgres } from '@/test/helpers/servers/postgres'
import { bearer, signIn, visit } from './helpers/people'
import { getJson, readStatus, waitUntilCalm } from './helpers/product'

const script = path.resolve(import.meta.dirname, '../test/fixtures/sql/cases/least-privilege-loss.sql')
let server: TestPostgres

test.beforeAll(async () => {
  server = await startPostgres()
  await server.sql('CREATE DATABASE loss')
  await new PlainTools(server).load(script, 'loss')
})
test.afterAll(() => server.close())

test('what a backup lacks is named wherever it is called proven', async ({ page, request }) => {
  await waitUntilCalm(request)
  const post = async (to: string, data: object) => {
    const answer = await request.post(`/api/v1/admin/${to}`, { headers: bearer, data })
    expect(answer.ok(), await answer.text()).toBe(true)
    return answer.json()
  }
  const { host, port } = server
  const connection = { host, port, database: 'loss', user: 'hf_ro', ssl: 'disable' }
  const { id } = await post('sources', { name: 'Lacking', connection })
  await post('backups', { sourceId: id })
  await expect
    .poll(
      async () => (await readStatus(request)).sources.find((source) => source.sourceId === id)?.lastBackup?.status,
      {
        timeout: 60_000,
      },
    )
    .toBe('succeeded')
  await post('backups/test', { sourceId: id, level: 'comprehensive' })
  let done: RestoreTest | undefined
  await expect
    .poll(
      async () => {
        done = (await getJson<ListPage<RestoreTest>>(request, `/admin/restore-tests?sourceId=${id}`)).items[0]
        return done?.verdict
      },
      { timeout: 90_000 },
    )
    .toBe('passed')

  await signIn(page)
  await visit(page, '/admin')
  await expect(page.getByText(/proven restorable.* with exceptions|proven restorable except/)).toBeVisible()
  await expect(page.getByRole('row').filter({ hasText: 'Lacking' })).toContainText(
    'except subscription asleep and 1 more',
  )
  await expect(page.getByText(/\d with exceptions$/)).toBeVisible()

  for (const place of [`/admin/backups/${done?.backupId}`, `/admin/restore-tests/${done?.id}`]) {
    await visit(page, place)
    const lacks = page.getByText('Not in this backup', { exact: true }).locator('..')
    await expect(lacks, place).toContainText('subscription asleep')
    await expect(lacks, place).toContainText('options of the user mapping for app on server elsewhere')
    await expect(page.getByText('subscriptions not dumped because').first()).toBeVisible()
  }

  const removed = await request.delete(`/api/v1/admin/sources/${id}`, { headers: bearer })
  expect(removed.status()).toBe(204)
})
