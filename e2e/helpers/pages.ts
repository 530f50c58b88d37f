import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, type APIRequestContext } from '@playwright/test'
import type { Backup, RestoreTest } from '@/lib/contracts/backup'
import type { Page } from '@/lib/contracts/common'
import { bearer } from './people'
import { getJson } from './product'

/** No instance has a recovery from its first start: `recover.spec.ts` makes some, and looks at their page. */
const lookedAtElsewhere = ['/admin/recoveries/[id]']

/** Every page under /admin as the folders have it: `/admin/sources/[id]`. */
export function adminRoutes(folder = 'app/admin'): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.name === 'page.tsx')
    .map((entry) => `/${path.relative('app', entry.parentPath)}`)
    .filter((route) => !lookedAtElsewhere.includes(route))
    .sort()
}

export const settingsTabs = [
  'profile',
  'users',
  'sign-on',
  'approvals',
  'tokens',
  'channels',
  'limits',
  'watching',
  'recovery',
  'about',
]

/** A shared policy, so that there is a page of one: a fresh instance has none. */
export async function ensurePolicy(request: APIRequestContext): Promise<void> {
  const { items } = await getJson<Page<{ id: string }>>(request, '/admin/policies')
  if (items.length > 0) return
  const data = { name: 'Weekly proof', action: 'restore-test', cron: '0 5 * * 0', retentionPolicyId: null }
  const answer = await request.post('/api/v1/admin/policies', { headers: bearer, data })
  expect(answer.status()).toBe(201)
}

/** An id that exists for each page of one thing. */
export async function someIds(request: APIRequestContext): Promise<Record<string, string>> {
  const first = async (list: string) => {
    const { items } = await getJson<Page<{ id: string }>>(request, list)
    const [item] = items
    if (!item) throw new Error(`There is nothing at ${list}`)
    return item.id
  }
  const tests = await getJson<Page<RestoreTest>>(request, '/admin/restore-tests')
  const signed = tests.items.find((test) => test.signed)
  if (!signed) throw new Error('No restore test has signed evidence')
  const backups = await getJson<Page<Backup>>(request, '/admin/backups?status=succeeded')
  return {
    '/admin/backups': backups.items[0]?.id ?? '',
    '/admin/destinations': await first('/admin/destinations'),
    '/admin/policies': await first('/admin/policies'),
    '/admin/restore-tests': signed.id,
    '/admin/retention': await first('/admin/retention-policies'),
    '/admin/schedules': await first('/admin/schedules'),
    '/admin/sources': await first('/admin/sources'),
  }
}

/** Every address to walk: all pages with an id that exists, and each tab of the settings. */
export async function adminAddresses(request: APIRequestContext): Promise<string[]> {
  const ids = await someIds(request)
  return adminRoutes().flatMap((route) => {
    if (route === '/admin/settings') return settingsTabs.map((tab) => `/admin/settings?tab=${tab}`)
    const [parent = ''] = route.split('/[id]')
    return [route.replace('[id]', ids[parent] ?? '')]
  })
}
