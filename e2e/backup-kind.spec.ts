import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import type { Backup } from '@/lib/contracts/backup'
import type { Page as Listed } from '@/lib/contracts/common'
import type { Policy } from '@/lib/contracts/policy'
import { bearer, showAgain, signIn, visit } from './helpers/people'
import { catalogName, getJson, sourceNamed, waitUntilCalm } from './helpers/product'

const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-e2e-files-'))
test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the kind of backup is asked for where there are several, and nowhere else', async ({ page, request }) => {
  writeFileSync(path.join(folder, 'file'), 'content')
  const data = { name: 'Papers', engine: 'files', connection: { root: folder } }
  expect((await request.post('/api/v1/admin/sources', { headers: bearer, data })).ok()).toBe(true)
  const papers = await sourceNamed(request, 'Papers')
  await waitUntilCalm(request)
  await signIn(page)
  await visit(page, '/admin/backups')

  for (const kind of ['Full', 'Incremental']) {
    await page.getByRole('button', { name: 'Back up now' }).first().click()
    const ask = page.getByRole('dialog', { name: 'Back up now' })
    await ask.getByLabel('Source').selectOption(catalogName)
    await expect(ask.getByLabel('Kind of backup')).toHaveCount(0)
    await ask.getByLabel('Source').selectOption('Papers')
    await expect(ask.getByLabel('Kind of backup')).toHaveValue('')
    await ask.getByLabel('Kind of backup').selectOption(kind)
    await ask.getByRole('button', { name: 'Start the backup' }).click()
    await expect(ask).toBeHidden()
    await waitUntilCalm(request)
  }
  const { items } = await getJson<Listed<Backup>>(request, `/admin/backups?sourceId=${papers.id}`)
  expect(items.map(({ kind }) => kind).toSorted()).toEqual(['incremental', 'snapshot'])

  await visit(page, '/admin/policies/new')
  await expect(page.getByLabel('Kind of backup')).toHaveCount(0)
  await page.getByRole('checkbox', { name: 'Papers' }).click()
  await page.getByLabel('Kind of backup').selectOption('Incremental')
  await page.getByLabel('Name', { exact: true }).fill('Papers at night')
  await page.getByRole('button', { name: 'Show what changes' }).click()
  const changes = page.getByRole('dialog')
  await changes.getByRole('button', { name: /^Save/ }).click()
  // It is the first that says how long its backups stay.
  await showAgain(page)
  await expect(page).toHaveURL(/\/admin\/policies$/)
  const policies = await getJson<Listed<Policy>>(request, '/admin/policies')
  const policy = policies.items.find(({ name }) => name === 'Papers at night')
  expect(policy?.options.method).toBe('incremental')

  // Others count what retention is for.
  for (const made of [`sources/${papers.id}`, `policies/${policy?.id}`]) {
    expect((await request.delete(`/api/v1/admin/${made}`, { headers: bearer })).ok()).toBe(true)
  }
})
