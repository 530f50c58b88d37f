import { readFile } from 'node:fs/promises'
import { expect, test } from '@playwright/test'
import type { RestoreTest } from '@/lib/contracts/backup'
import type { Page as ListPage } from '@/lib/contracts/common'
import type { EvidenceKey } from '@/lib/contracts/evidence'
import { verifyEvidence } from '@/lib/vault/verify-evidence'
import { bearer, signIn, visit } from './helpers/people'
import { catalogName, getJson, sourceNamed, waitUntilCalm } from './helpers/product'

test('what a source must hold is written in its form, asked by a restore test, and signed', async ({
  page,
  request,
}) => {
  await waitUntilCalm(request)
  await signIn(page)
  const source = await sourceNamed(request, catalogName)
  await visit(page, `/admin/sources/${source.id}/edit`)
  await page.getByLabel('Tables that must not be empty').fill('public.source\n')
  await page.getByRole('button', { name: 'Add an assertion' }).click()
  const assertion = page.getByRole('group', { name: 'Assertion 1' })
  await page.getByRole('button', { name: 'Save the source' }).click()
  await expect(assertion.getByLabel('Name')).toHaveAccessibleDescription(/Enter a name/)
  await assertion.getByLabel('Name').fill('The catalog has an instance')
  await assertion.getByLabel('Expected answer').fill('1')
  await assertion.getByLabel('SELECT').fill(`SELECT count(*) FROM public.setting WHERE key = 'instance'`)
  await page.getByRole('button', { name: 'Save the source' }).click()
  await expect(page.getByText(`${catalogName} is saved`)).toBeVisible()

  const started = await request.post('/api/v1/admin/backups/test', {
    headers: bearer,
    data: { sourceId: source.id, level: 'comprehensive' },
  })
  expect(started.status()).toBe(202)
  const { jobId } = await started.json()
  let done: RestoreTest | undefined
  await expect
    .poll(
      async () => {
        const { items } = await getJson<ListPage<RestoreTest>>(request, `/admin/restore-tests?sourceId=${source.id}`)
        done = items.find((item) => item.jobId === jobId)
        return done?.verdict ?? null
      },
      { timeout: 90_000 },
    )
    .toBe('passed')
  const names = done?.checks.map((check) => check.name)
  expect(names).toEqual(expect.arrayContaining(['critical-table', 'sql-assertion']))

  await visit(page, '/admin/restore-tests')
  await page.getByRole('link', { name: 'Signed evidence' }).first().click()
  await expect(page.getByRole('heading', { level: 1, name: `Evidence for ${catalogName}` })).toBeVisible()
  const checks = page.getByRole('region', { name: 'Checks' })
  await expect(checks).toContainText('The catalog has an instance')
  await expect(checks.getByText('Passed').first()).toBeVisible()
  await expect(page.getByRole('region', { name: 'What it proves' })).toContainText('Comprehensive restore test')

  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('link', { name: 'Overview' }).first()).toBeHidden()
  await expect(page.getByRole('button', { name: 'Print' })).toBeHidden()
  await page.emulateMedia({ media: 'screen' })

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Signed file' }).click(),
  ])
  const text = await readFile(await download.path(), 'utf8')
  const { publicKey } = await getJson<EvidenceKey>(request, '/admin/evidence-key')
  expect(verifyEvidence(text, publicKey)).toMatchObject({ verdict: 'passed', restoreTestId: done?.id })

  await visit(page, '/admin/settings?tab=about')
  await expect(page.getByRole('region', { name: 'Evidence key' })).toContainText(publicKey)
})
