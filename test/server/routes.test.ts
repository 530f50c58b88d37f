import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { roles, type Role } from '@/lib/contracts/common'
import { errorCodes } from '@/lib/contracts/error-code'
import { apiRoutes } from '@/lib/contracts/openapi'
import { findRoute } from '@/lib/contracts/routes/find-route'
import { openApiDocument } from '@/lib/server/open-api-document'
import { apiRoot, guardedRoutes, routeName, send } from '../helpers/walk'
import { startWeb, type Web } from '../helpers/web'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
/** What says that someone may not, whatever they send. */
const refusals = ['unauthenticated', 'forbidden', 'needs-person', 'scope-missing', 'token-limited', 'foreign-site']
/** An unhealthy answer has a status of its own, for monitors that know nothing else. */
const mayBe503 = ['GET /api/v1/health/backup']

let web: Web
const tokens = new Map<Role, string>()
const sessions = new Map<Role, Record<string, string>>()
beforeAll(async () => {
  web = await startWeb()
  for (const role of roles) {
    tokens.set(role, await web.token(role))
    sessions.set(role, await web.session(role))
  }
})
afterAll(() => web.stop())

describe('the list of routes', () => {
  it('has every operation of every route file, and nothing else', async () => {
    const files = await readdir(apiRoot, { recursive: true })
    const found: string[] = []
    for (const file of files.filter((entry) => entry.endsWith('route.ts'))) {
      const handlers: object = await import(path.join(apiRoot, file))
      const address = `/api/v1/${path.dirname(file).replaceAll('[id]', '{id}').replaceAll('[name]', '{name}')}`
      for (const method of methods) if (method in handlers) found.push(`${method} ${address}`)
    }
    expect(found.sort()).toEqual(apiRoutes.map(routeName).sort())
  })

  it('is found again by method and address, however the address is spelled', () => {
    for (const route of apiRoutes) {
      const address = route.path.replaceAll(/\{\w+\}/g, 'x')
      expect(findRoute(route.method.toUpperCase(), address)).toBe(route)
      expect(findRoute(route.method, `${address}/`)).toBe(route)
      expect(findRoute(route.method, address.replace('v1', 'v%31'))).toBe(route)
    }
    expect(findRoute('HEAD', '/api/v1/admin/sources')).toMatchObject({ scope: 'config:read' })
    for (const unknown of ['/api/v1/admin', '/api/v1/admin/sources/a/b/c', '/api/v1/%', '/api/v2/admin/sources', '']) {
      expect(findRoute('GET', unknown)).toBeUndefined()
    }
  })

  it('tells every error code to programs, and that there will be others', () => {
    const problem = openApiDocument().components?.schemas?.['Problem']
    expect(problem).toHaveProperty('properties.code.x-extensible-enum', Object.keys(errorCodes).sort())
    expect(problem).toHaveProperty('properties.code.type', 'string')
    expect(problem).not.toHaveProperty('properties.code.enum')
  })

  it('becomes an OpenAPI document in which every operation and reference is there', () => {
    const document = openApiDocument()
    for (const route of apiRoutes) {
      expect(document.paths?.[route.path]?.[route.method]?.responses).toHaveProperty(String(route.status))
    }
    const text = JSON.stringify(document)
    const references = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1]))
    expect(references.size).toBeGreaterThan(8)
    for (const reference of references) expect(document.components?.schemas).toHaveProperty(String(reference))
  })
})

describe.each(guardedRoutes.map((route) => [routeName(route), route] as const))('%s', (name, route) => {
  const role = route.role === 'public' ? 'viewer' : route.role
  const person = route.scope === 'person'

  it('refuses those who are not signed in, and those who send what is no credential (security 32)', async () => {
    // Each from an address of its own: many wrong tokens from one are another refusal.
    const wrong = { token: 'hf_wrong', headers: { 'x-forwarded-for': name } }
    const tries = [{}, wrong, { headers: { cookie: 'holdfast.session=x.y.z' } }]
    for (const credentials of tries) {
      expect((await send(route, credentials)).json).toMatchObject({ status: 401, code: 'unauthenticated' })
    }
  })

  const lesser = roles.slice(0, roles.indexOf(role))
  it.each(lesser)('refuses a %s, by token and by session, before it looks at anything (security 32)', async (less) => {
    for (const credentials of [{ token: tokens.get(less) ?? '' }, { headers: sessions.get(less) ?? {} }]) {
      expect((await send(route, credentials)).json).toMatchObject({ status: 403, code: 'forbidden' })
    }
  })

  it('refuses a change that another site makes a browser send', async () => {
    if (route.method === 'get') return
    const foreign = { ...sessions.get(role), origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }
    expect((await send(route, { headers: foreign })).json).toMatchObject({ status: 403, code: 'foreign-site' })
  })

  it(`lets a ${role} in, and never breaks on an id that is unknown or malformed`, async () => {
    const credentials = person ? { headers: sessions.get(role) ?? {} } : { token: tokens.get(role) ?? '' }
    const answer = await send(route, credentials)
    expect(refusals).not.toContain(answer.json['code'])
    if (!mayBe503.includes(name)) expect(answer.status).toBeLessThan(500)
    if (!route.path.includes('{id}')) return
    // An unknown id is not found, unless the empty body was refused first.
    expect([400, 404]).toContain(answer.status)
    const malformed = await send(route, { ...credentials, id: 'not-an-id' })
    expect(malformed.status).toBe(404)
  })

  if (person) {
    it.each(roles)('refuses the token of a %s: it is about a person', async (each) => {
      const answer = await send(route, { token: tokens.get(each) ?? '' })
      expect(answer.status).toBe(403)
    })
  }
})
