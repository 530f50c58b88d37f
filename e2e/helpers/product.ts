import { expect, type APIRequestContext } from '@playwright/test'
import type { Page } from '@/lib/contracts/common'
import type { Source } from '@/lib/contracts/source'
import type { Status } from '@/lib/contracts/status'
import { bearer } from './people'

/** The source that a first start makes: the catalog itself. */
export const catalogName = 'Holdfast catalog'

export async function getJson<T>(request: APIRequestContext, path: string): Promise<T> {
  const response = await request.get(`/api/v1${path}`, { headers: bearer })
  expect(response.status(), path).toBe(200)
  const body: T = await response.json()
  return body
}

export const readStatus = (request: APIRequestContext) => getJson<Status>(request, '/admin/backups/status')

/** The first start is over: its own backup is taken and tested, and nothing runs any more. */
export async function waitUntilCalm(request: APIRequestContext): Promise<void> {
  await expect
    .poll(
      async () => {
        const { running, totals } = await readStatus(request)
        return running.length === 0 && totals.protectedSources > 0
      },
      { timeout: 90_000 },
    )
    .toBe(true)
}

export async function sourceNamed(request: APIRequestContext, name: string): Promise<Source> {
  const { items } = await getJson<Page<Source>>(request, '/admin/sources')
  const source = items.find((item) => item.name === name)
  if (!source) throw new Error(`There is no source ${name}`)
  return source
}
