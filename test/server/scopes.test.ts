import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GET as nothing } from '@/app/api/[...path]/route'
import { GET as metrics } from '@/app/metrics/route'
import { apiRoutes } from '@/lib/contracts/openapi'
import type { ApiRoute } from '@/lib/contracts/routes/api-route'
import { scopeAllows, tokenScopes, type TokenScope } from '@/lib/contracts/people/token-scope'
import { createToken } from '@/lib/services/token/create-token'
import { twoSources, type SourceRows } from '../helpers/catalog/two-sources'
import { apiRoot, guardedRoutes, routeName, send } from '../helpers/walk'
import { call, startWeb, type Web } from '../helpers/web'

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
    const { open, ...foreign } = foreignRequest(route, rows.other)
    const answer = await send(route, { token: tokens.limited, ...foreign })
    expect(answer.text).not.toContain(rows.other.marker)
    if (!open)
      expect([name, answer.status, answer.json]).toEqual([name, expect.toBeOneOf(statuses(route)), answer.json])
    else {
      if (!mayBe503.includes(name)) expect(answer.status).toBeLessThan(400)
      // Without a body or an id it is a list: it must not name what belongs to the other source either.
      const ids = Object.values(rows.other).filter((value) => /^[0-9a-f-]{36}$/.test(value))
      for (const id of ids) expect(answer.text).not.toContain(id)
    }
    expect(await counts()).toEqual(before)
  })
})

/** What is named by its id is not found; a body may name what "does not exist", which is a field that is wrong. */
const statuses = (route: ApiRoute) => (route.path.includes('{id}') ? [404] : [400, 404])

/** An unhealthy answer has a status of its own. */
const mayBe503 = ['GET /api/v1/health/backup']

interface Asked {
  id?: string
  body?: unknown
  /** It names nothing of another source: a list, or something that belongs to the whole instance. */
  open?: boolean
}

/** How an operation is asked for something of that source. One that is not known here fails the test. */
function foreignRequest(route: ApiRoute, of: SourceRows): Asked {
  const name = routeName(route)
  const body = bodies[name]?.(of)
  if (!route.path.includes('{id}')) {
    if (body !== undefined) return { body, open: harmless.includes(name) }
    if (route.body !== undefined) throw new Error(`Say in this test how ${name} names another source.`)
    return { open: true }
  }
  const owner = /^\/api\/v1\/admin\/(.+?)\/\{id\}/.exec(route.path)?.[1] ?? ''
  const asked = idOf[owner]?.(of)
  if (!asked) throw new Error(`Say in this test what ${name} is of another source.`)
  if (route.body !== undefined && body === undefined) throw new Error(`Give ${name} a body that it would accept.`)
  return { ...asked, ...(body === undefined ? {} : { body }) }
}

const own = (id: string): Asked => ({ id })
/** It belongs to the whole instance, and a limited token may read it. */
const shared = (id: string): Asked => ({ id, open: true })
const idOf: Record<string, (of: SourceRows) => Asked> = {
  sources: (of) => own(of.source),
  schedules: (of) => own(of.schedule),
  backups: (of) => own(of.backup),
  copies: (of) => own(of.copy),
  'restore-tests': (of) => own(of.restoreTest),
  restores: (of) => own(of.restore),
  recoveries: (of) => own(of.recovery),
  jobs: (of) => own(of.job),
  alerts: (of) => own(of.alert),
  'insight/sources': (of) => own(of.source),
  destinations: () => shared(rows.destination),
  'retention-policies': () => shared(rows.retention),
  policies: () => shared(rows.policy),
}

/** They take a body, but nothing in it is of a source, and nothing is changed. */
const harmless = ['POST /api/v1/admin/schedules/preview']

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
  'POST /api/v1/admin/backups/{id}/copies': () => ({ destinationId: rows.destination }),
  'POST /api/v1/admin/backups/{id}/thaw': () => ({ destinationId: rows.destination }),
  'POST /api/v1/admin/sources/{id}/acknowledge-retention': () => ({}),
  'POST /api/v1/admin/backups': (of) => ({ sourceId: of.source }),
  'POST /api/v1/admin/backups/test': (of) => ({ backupId: of.backup, level: 'quick' }),
  'POST /api/v1/admin/restores': (of) => ({ backupId: of.backup, target: { database: 'stolen' } }),
  'POST /api/v1/admin/recoveries': (of) => ({
    sourceId: of.source,
    target: { type: 'xid', value: '700' },
    use: 'look',
  }),
  'POST /api/v1/admin/recoveries/check': (of) => ({ sourceId: of.source, target: { type: 'name', value: of.marker } }),
  'POST /api/v1/admin/recoveries/{id}/query': () => ({ sql: 'SELECT 1' }),
  'POST /api/v1/admin/sources/{id}/restore-points': () => ({ name: 'mine' }),
  'POST /api/v1/backup/verify': (of) => ({ sourceId: of.source }),
  'POST /api/v1/admin/schedules/preview': () => ({ cron: '0 2 * * *', timeZone: 'UTC' }),
  'POST /api/v1/admin/retention-policies/preview': (of) => ({ sourceId: of.source, rules: {} }),
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

  it('learns neither names nor counts of others from what it may see (security 32)', async () => {
    const { db } = web.ctx
    const inventory = {
      at: new Date().toISOString(),
      objects: 4711,
      bytes: 4711,
      unknownObjects: 4711,
      unknownBytes: 4711,
    }
    const probe = { ok: true, checks: [], space: { totalBytes: 4711, freeBytes: 4711 }, durationMs: 1 }
    const care = { inventory: { ...inventory, brokenCopies: 4711 } }
    await db.destination.update({ where: { id: rows.destination }, data: { care, probe } })
    const actor = { type: 'token', id: rows.mine.job, name: 'both', role: 'admin', sourceIds: [rows.other.source] }
    const waitReason = 'Seven jobs run already, the most that may run at once.'
    await db.job.update({ where: { id: rows.mine.job }, data: { waitReason, actor } })
    const ask = async (path: string, id?: string) => {
      const route = apiRoutes.find((each) => routeName(each) === path)
      if (!route) throw new Error('there is no such route')
      const answers = [tokens.limited, tokens.all].map((token) => send(route, { token, ...(id ? { id } : {}) }))
      return Promise.all(answers)
    }
    for (const [path, id] of [
      ['GET /api/v1/admin/destinations'],
      ['GET /api/v1/admin/destinations/{id}', rows.destination],
    ] as const) {
      const [limited, all] = await ask(path, id)
      expect(all?.text).toContain('4711')
      expect(limited?.text).toContain(rows.destination)
      expect(limited?.text).not.toContain('4711')
    }
    for (const [path, id] of [
      ['GET /api/v1/admin/jobs'],
      ['GET /api/v1/admin/jobs/{id}', rows.mine.job],
      ['GET /api/v1/admin/backups/status'],
    ] as const) {
      const [limited, all] = await ask(path, id)
      expect(all?.text).toContain('Seven jobs run already')
      expect(limited?.text).toContain('Other work goes first.')
      for (const told of ['Seven jobs', rows.other.source]) expect(limited?.text).not.toContain(told)
    }
  })

  it('does not rename its source, since a name that is taken would give another away (security 32)', async () => {
    const route = apiRoutes.find((each) => routeName(each) === 'PATCH /api/v1/admin/sources/{id}')
    if (!route) throw new Error('there is no such route')
    const { name } = await web.ctx.db.source.findUniqueOrThrow({ where: { id: rows.other.source } })
    for (const asked of [name, 'a name that nobody has']) {
      const answer = await send(route, { token: tokens.limited, id: rows.mine.source, body: { name: asked } })
      expect(answer.json).toMatchObject({ status: 403, code: 'token-limited' })
    }
    const same = await send(route, { token: tokens.limited, id: rows.mine.source, body: { tags: ['own'] } })
    expect(same.status).toBe(200)
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

describe('what lies beside the API', () => {
  it('is the metrics, which ask for a scope too, the sign-in, and who says that there is nothing', async () => {
    const app = path.resolve(apiRoot, '../..')
    const files = (await readdir(app, { recursive: true })).filter((file) => file.endsWith('route.ts'))
    const beside = files.filter((file) => !file.startsWith('api/v1/')).sort()
    expect(beside).toEqual(['api/[...path]/route.ts', 'api/auth/[...nextauth]/route.ts', 'metrics/route.ts'])
    const none = await call(nothing, { path: '/api/v1/nothing' })
    expect([none.status, none.json]).toEqual([404, expect.objectContaining({ code: 'not-found', status: 404 })])
    const ask = async (token?: string) =>
      (await call(metrics, { path: '/metrics', ...(token ? { token } : {}) })).status
    expect(await ask()).toBe(401)
    for (const [scope, token] of scoped) {
      expect([scope, await ask(token)]).toEqual([scope, scopeAllows([scope], 'metrics:read') ? 200 : 403])
    }
    expect(await ask(tokens.limited)).toBe(403)
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
