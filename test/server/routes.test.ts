import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { roles, type Role } from '@/lib/contracts/common'
import { apiRoutes } from '@/lib/contracts/openapi'
import type { ApiRoute } from '@/lib/contracts/routes/api-route'
import { openApiDocument } from '@/lib/server/open-api-document'
import { call, startWeb, type Web } from '../helpers/web'

const root = path.resolve(import.meta.dirname, '../../app/api/v1')
const unknownId = '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

let web: Web
const tokens = new Map<Role, string>()
beforeAll(async () => {
  web = await startWeb()
  for (const role of roles) tokens.set(role, await web.token(role))
})
afterAll(() => web.stop())

const name = (route: ApiRoute) => `${route.method.toUpperCase()} ${route.path}`
const fileOf = (route: ApiRoute) =>
  path.join(root, route.path.replace('/api/v1/', '').replaceAll('{id}', '[id]'), 'route.ts')

async function send(route: ApiRoute, options: { token?: string; id?: string } = {}) {
  const handlers: Record<string, Parameters<typeof call>[0]> = await import(fileOf(route))
  const handler = handlers[route.method.toUpperCase()]
  if (!handler) throw new Error(`${name(route)} has no handler`)
  return call(handler, {
    method: route.method.toUpperCase(),
    path: route.path.replace('{id}', options.id ?? unknownId),
    params: { id: options.id ?? unknownId },
    ...(options.token ? { token: options.token } : {}),
  })
}

describe('the list of routes', () => {
  it('has every operation of every route file, and nothing else', async () => {
    const files = await readdir(root, { recursive: true })
    const found: string[] = []
    for (const file of files.filter((entry) => entry.endsWith('route.ts'))) {
      const handlers: object = await import(path.join(root, file))
      const address = `/api/v1/${path.dirname(file).replaceAll('[id]', '{id}')}`
      for (const method of methods) if (method in handlers) found.push(`${method} ${address}`)
    }
    expect(found.sort()).toEqual(apiRoutes.map(name).sort())
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

const guarded = apiRoutes.filter((route): route is ApiRoute & { role: Role } => route.role !== 'public')

describe.each(guarded.map((route) => [name(route), route] as const))('%s', (_, route) => {
  it('refuses those who are not signed in', async () => {
    expect((await send(route)).json).toMatchObject({ status: 401, code: 'unauthenticated' })
  })

  const lesser = roles.slice(0, roles.indexOf(route.role))
  it.each(lesser)('refuses a %s', async (role) => {
    expect((await send(route, { token: tokens.get(role) ?? '' })).json).toMatchObject({
      status: 403,
      code: 'forbidden',
    })
  })

  it(`lets a ${route.role} in, and never breaks on an id that is unknown or malformed`, async () => {
    const token = tokens.get(route.role) ?? ''
    const answer = await send(route, { token })
    expect([401, 403]).not.toContain(answer.status)
    expect(answer.status).not.toBe(500)
    if (!route.path.includes('{id}')) return
    // An unknown id is not found, unless the empty body was refused first.
    expect([400, 404]).toContain(answer.status)
    const malformed = await send(route, { token, id: 'not-an-id' })
    expect(malformed.status).toBe(404)
  })
})
