import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiRoutes } from '@/lib/contracts/openapi'
import type { ApiRoute } from '@/lib/contracts/routes/api-route'
import { scopeAllows, tokenScopes, type TokenScope } from '@/lib/contracts/token-scope'
import { createToken } from '@/lib/services/token/create-token'
import { twoSources, type SourceRows } from '../helpers/two-sources'
import { guardedRoutes, routeName, send } from '../helpers/walk'
import { startWeb, type Web } from '../helpers/web'

let web: Web
let rows: Awaited<ReturnType<typeof twoSources>>
const scoped = new Map<TokenScope, string>()
const tokens = { all: '', limited: '' }
beforeAll(async () => {
  web = await startWeb()
  rows = await twoSources(web.ctx.db)
  const make = async (limits: { scopes?: TokenScope[]; sourceIds?: string[] }) =>
    (await createToken({ ctx: web.ctx, input: { name: 'walk', role: 'admin', expiresInDays: 1, ...limits } })).token
  for (const scope of tokenScopes) scoped.set(scope, await make({ scopes: [scope] }))
  tokens.all = await make({})
  tokens.limited = await make({ sourceIds: [rows.mine.source] })
})
afterAll(() => web.stop())

const refusals = ['unauthenticated', 'forbidden', 'needs-person', 'scope-missing', 'token-limited']

describe.each(guardedRoutes.map((route) => [routeName(route), route] as const))('%s', (name, route) => {
  it('is refused to tokens that have other scopes, and open to those that have its own (security 32)', async () => {
    for (const [scope, token] of scoped) {
      const answer = await send(route, { token })
      const seen = { name, scope, status: answer.status, code: answer.json['code'] }
      if (route.scope === 'person') expect(seen).toMatchObject({ status: 403, code: 'needs-person' })
      else if (scopeAllows([scope], route.scope)) expect(refusals).not.toContain(seen.code)
      else expect(seen).toEqual({ name, scope, status: 403, code: 'scope-missing' })
    }
  })

  it('shows and does nothing of another source to a token that is limited to one (security 32)', async () => {
    if (!route.perSource) {
      const code = route.scope === 'person' ? 'needs-person' : 'token-limited'
      expect((await send(route, { token: tokens.limited })).json).toMatchObject({ status: 403, code })
      return
    }
    const before = await counts()
    const foreign = foreignRequest(route, rows.other)
    const answer = await send(route, { token: tokens.limited, ...foreign })
    expect(answer.text).not.toContain(rows.other.marker)
    if (foreign.id !== undefined || foreign.body !== undefined) expect([400, 404]).toContain(answer.status)
    else {
      expect(answer.status).toBeLessThan(400)
      // Without a body or an id it is a list: it must not name what belongs to the other source either.
      const ids = Object.values(rows.other).filter((value) => /^[0-9a-f-]{36}$/.test(value))
      for (const id of ids) expect(answer.text).not.toContain(id)
    }
    expect(await counts()).toEqual(before)
  })
})

/** How an operation is asked for something of that source; nothing for lists. Every operation with an id or a body is here. */
function foreignRequest(route: ApiRoute, of: SourceRows): { id?: string; body?: unknown } {
  const body = bodies[routeName(route)]?.(of)
  const withBody = body === undefined ? {} : { body }
  if (!route.path.includes('{id}')) {
    const needed = route.body !== undefined && body === undefined
    if (needed) throw new Error(`Say in this test how ${routeName(route)} names another source.`)
    return withBody
  }
  const owner = /^\/api\/v1\/admin\/([a-z-]+)\/\{id\}/.exec(route.path)?.[1] ?? ''
  const id = idOf[owner]?.(of)
  if (id === null) return {}
  if (id === undefined) throw new Error(`Say in this test what ${routeName(route)} is of another source.`)
  return { id, ...withBody }
}

/** Null: it belongs to the whole instance, and a limited token may read it. */
const idOf: Record<string, (of: SourceRows) => string | null> = {
  sources: (of) => of.source,
  schedules: (of) => of.schedule,
  backups: (of) => of.backup,
  'restore-tests': (of) => of.restoreTest,
  restores: (of) => of.restore,
  jobs: (of) => of.job,
  alerts: (of) => of.alert,
  destinations: () => null,
  'retention-policies': () => null,
  policies: () => null,
}

const bodies: Record<string, (of: SourceRows) => unknown> = {
  'PATCH /api/v1/admin/sources/{id}': () => ({ name: 'taken over' }),
  'POST /api/v1/admin/sources/{id}/test-connection': () => ({}),
  'POST /api/v1/admin/schedules': (of) => ({
    sourceId: of.source,
    action: 'backup',
    cron: '0 3 * * *',
    timeZone: 'UTC',
    destinationIds: [rows.destination],
    options: {},
  }),
  'PATCH /api/v1/admin/schedules/{id}': () => ({ enabled: false }),
  'PATCH /api/v1/admin/backups/{id}': () => ({ pinned: true }),
  'POST /api/v1/admin/backups': (of) => ({ sourceId: of.source }),
  'POST /api/v1/admin/backups/test': (of) => ({ backupId: of.backup, level: 'quick' }),
  'POST /api/v1/admin/restores': (of) => ({ backupId: of.backup, target: { database: 'stolen' } }),
  'POST /api/v1/backup/verify': (of) => ({ sourceId: of.source }),
}

async function counts() {
  const { db } = web.ctx
  return {
    jobs: await db.job.count(),
    schedules: await db.schedule.count({ where: { deletedAt: null } }),
    sources: await db.source.findMany({ orderBy: { id: 'asc' } }),
    backups: await db.backup.findMany({ orderBy: { id: 'asc' } }),
    alerts: await db.alert.findMany({ orderBy: { id: 'asc' } }),
  }
}

describe('a token that is limited to one source', () => {
  it('sees that source in every list that an unlimited one sees both in', async () => {
    let lists = 0
    for (const route of apiRoutes.filter((each) => each.perSource && each.method === 'get')) {
      if (route.path.includes('{id}')) continue
      const all = await send(route, { token: tokens.all })
      if (!all.text.includes(rows.other.marker)) continue
      lists += 1
      const limited = await send(route, { token: tokens.limited })
      expect([routeName(route), limited.text.includes(rows.mine.marker)]).toEqual([routeName(route), true])
    }
    expect(lists).toBeGreaterThan(6)
  })

  it('may not restore its own backup over another source, nor another’s over its own', async () => {
    const route = apiRoutes.find((each) => routeName(each) === 'POST /api/v1/admin/restores')
    if (!route) throw new Error('there is no such route')
    for (const body of [
      { backupId: rows.mine.backup, target: { database: 'stolen', sourceId: rows.other.source } },
      { backupId: rows.other.backup, target: { database: 'stolen', sourceId: rows.mine.source } },
    ]) {
      expect((await send(route, { token: tokens.limited, body })).status).toBe(404)
    }
  })

  it('sees nothing at all once its source was deleted', async () => {
    const { token } = await createToken({
      ctx: web.ctx,
      input: { name: 'orphan', role: 'viewer', sourceIds: [rows.mine.source], scopes: ['config:read'] },
    })
    await web.ctx.db.apiToken.updateMany({ where: { name: 'orphan' }, data: { sourceIds: [rows.retention] } })
    const route = apiRoutes.find((each) => routeName(each) === 'GET /api/v1/admin/sources')
    if (!route) throw new Error('there is no such route')
    expect((await send(route, { token })).json).toMatchObject({ items: [] })
  })
})

describe('a token with a scope that this release does not know', () => {
  it('may do nothing, rather than everything', async () => {
    const { token } = await createToken({ ctx: web.ctx, input: { name: 'old', role: 'admin', scopes: ['admin'] } })
    await web.ctx.db.apiToken.updateMany({ where: { name: 'old' }, data: { scopes: ['everything:once'] } })
    const route = apiRoutes.find((each) => routeName(each) === 'GET /api/v1/admin/backups/status')
    if (!route) throw new Error('there is no such route')
    expect((await send(route, { token })).json).toMatchObject({ status: 403, code: 'scope-missing' })
  })
})
