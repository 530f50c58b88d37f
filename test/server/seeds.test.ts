import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Seed } from '@/app/admin/prefetched'
import * as seeds from '@/app/admin/seeds'
import { apiRoutes } from '@/lib/contracts/openapi'
import { findRoute } from '@/lib/contracts/routes/find-route'
import { apiRoot } from '../helpers/walk'
import { call, startWeb, type Web } from '../helpers/web'

let web: Web
let headers: Record<string, string>
const ids = { source: '', destination: '', schedule: '', policy: '', backup: '' }

beforeAll(async () => {
  web = await startWeb()
  headers = await web.session('admin')
  const { db } = web.ctx
  ids.destination = (await db.destination.create({ data: { name: 'disk', kind: 'local', config: { path: '/x' } } })).id
  const connection = { host: 'db.example', port: 5432, database: 'shop', user: 'u', ssl: 'verify-full' }
  ids.source = (await db.source.create({ data: { name: 'shop', engine: 'postgres', connection, options: {} } })).id
  ids.schedule = (
    await db.schedule.create({
      data: {
        ...{ sourceId: ids.source, action: 'backup', cron: '0 2 * * *', timeZone: 'UTC', options: {} },
        destinationIds: [ids.destination],
        evaluatedUntil: new Date(),
      },
    })
  ).id
  const startedAt = new Date(Date.now() - 3_600_000)
  ids.backup = (
    await db.backup.create({
      data: {
        ...{ sourceId: ids.source, jobId: randomUUID(), kind: 'logical', status: 'succeeded', repositoryPath: 'x' },
        ...{ startedAt, finishedAt: startedAt, verified: 'proven', provenAt: startedAt, storedBytes: 5 },
        copies: { create: { destinationId: ids.destination, state: 'stored', storedBytes: 5 } },
      },
    })
  ).id
})
afterAll(() => web.stop())

/** What moves by itself between two readings. */
const settled = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, inner: unknown) =>
      /^(checkedAt|exposureMs|provenExposureMs|lastSeenAt|sizeBytes|at)$/.test(key) ? null : inner,
    ),
  )

/** The browser's request, answered by the route's own handler in this process. */
async function answer(address: string): Promise<Response> {
  const { pathname, search } = new URL(address, 'http://holdfast.test')
  const route = apiRoutes.find((each) => each === findRoute('GET', pathname))
  if (!route) throw new Error(`There is no route for ${address}`)
  const file = path.join(apiRoot, route.path.replace('/api/v1/', '').replaceAll('{id}', '[id]'), 'route.ts')
  const handlers: Record<string, Parameters<typeof call>[0]> = await import(file)
  const handler = handlers['GET']
  if (!handler) throw new Error(`${file} has no GET`)
  const at = route.path.split('/').indexOf('{id}')
  const id = pathname.split('/')[at] ?? ''
  const {
    status,
    text,
    headers: answered,
  } = await call(handler, { path: `${pathname}${search}`, params: { id }, headers })
  return new Response(text, { status, headers: answered })
}

/** Runs the query as the browser would; the type of its function is the library's affair. */
function ask({ query }: Seed): Promise<unknown> {
  const { queryFn } = query as { queryFn?: (context: { signal: AbortSignal }) => Promise<unknown> }
  if (!queryFn) throw new Error('The query has no function')
  return queryFn({ signal: new AbortController().signal })
}

describe('what pages bring with them', () => {
  const none: seeds.Get = () => undefined
  const all = (): [string, Seed][] => [
    ['the overview', seeds.statusSeed({ limit: 50 })],
    ['one source’s status', seeds.statusSeed({ sourceId: ids.source })],
    ['the trend', seeds.trendSeed],
    ['sources', seeds.sourcesSeed],
    ['a source', seeds.sourceSeed(ids.source)],
    ['the windows of a source', seeds.windowsSeed(ids.source)],
    ['destinations', seeds.destinationsSeed],
    ...seeds.destinationSeeds(ids.destination).map((each): [string, Seed] => ['a destination', each]),
    ['schedules', seeds.schedulesSeed],
    ['a schedule', seeds.scheduleSeed(ids.schedule)],
    ['retention policies', seeds.retentionPoliciesSeed],
    ['policies', seeds.policiesSeed],
    ['the history', seeds.backupsSeed(none)],
    ['the history, filtered', seeds.backupsSeed((name) => (name === 'status' ? 'failed' : undefined))],
    ['the history of a source', seeds.backupsSeed(none, ids.source)],
    ...seeds.backupSeeds(ids.backup).map((each): [string, Seed] => ['a backup', each]),
    ['restore tests', seeds.restoreTestsSeed({ limit: 25 })],
    ['restores', seeds.restoresSeed(none)],
    ['alerts', seeds.alertsSeed(none)],
    ['the audit log', seeds.auditSeed(none)],
    ['insight', seeds.insightSeed],
    ...[
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
    ].flatMap((tab) => seeds.seedsOfTab(tab).map((each): [string, Seed] => [`settings, ${tab}`, each])),
  ]

  it('is what the browser would have been answered, to the last field', async () => {
    vi.stubGlobal('fetch', (address: string) => answer(address))
    onTestFinished(() => {
      vi.unstubAllGlobals()
    })
    const user = await web.ctx.db.user.findFirstOrThrow({ where: { role: 'admin' } })
    const session = await web.ctx.db.session.findFirstOrThrow({ where: { userId: user.id } })
    const actor = { type: 'user', id: user.id, email: user.email, role: 'admin', sessionId: session.id } as const
    for (const [what, each] of all()) {
      const asked = await ask(each)
      expect(settled(await each.read({ ...web.ctx, actor })), what).toEqual(settled(asked))
    }
  })

  it('is refused to those whom the route refuses', async () => {
    const actor = {
      type: 'user',
      id: randomUUID(),
      email: 'v@example.org',
      role: 'viewer',
      sessionId: randomUUID(),
    } as const
    for (const each of [seeds.auditSeed(none), ...seeds.seedsOfTab('tokens').slice(0, 1)])
      await expect(each.read({ ...web.ctx, actor })).rejects.toMatchObject({ code: 'forbidden' })
  })
})
