import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { apiRoutes } from '@/lib/contracts/openapi'
import type { ApiRoute } from '@/lib/contracts/routes/api-route'
import { recordAudit } from '@/lib/services/audit/record-audit'
import { verifyAuditLog } from '@/lib/services/audit/verify-audit-log'
import { routeName, send } from '../../helpers/walk'
import { startWeb, type Web } from '../../helpers/web'

let web: Web
let admin: string
let session: Record<string, string>
beforeAll(async () => {
  web = await startWeb()
  admin = await web.token('admin')
  session = await web.session('admin')
})
afterAll(() => web.stop())

/** In every secret below, so that one search finds them all. */
const marker = 'Hunter2Marker'
const secret = `${marker}-secret-0123456789`
const secretUrl = `https://hooks.example.com/services/${marker}`

const connection = { host: 'db.invalid', port: 5432, database: 'shop', user: 'backup', ssl: 'disable' }
const s3 = { bucket: 'backups', region: 'us-east-1', accessKeyId: 'AKIA', endpoint: 'https://s3.example.com' }
const created = new Map<string, string>()
/** The id of what an earlier body of this list has made. */
const madeBy = (name: string) => created.get(name) ?? '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a11'

/** Bodies with a secret in every field that takes one; a field that is not here fails the test. */
const bodies: Record<string, (() => { id?: string; body: unknown })[]> = {
  'POST /api/v1/admin/sources': [
    () => ({ body: { name: 'shop', engine: 'postgres', connection: { ...connection, password: secret } } }),
  ],
  'PATCH /api/v1/admin/sources/{id}': [
    () => ({
      id: madeBy('POST /api/v1/admin/sources'),
      body: { connection: { password: `${secret}-2`, port: 5433 }, options: { compression: 'lz4' } },
    }),
  ],
  'POST /api/v1/admin/sources/test-connection': [
    () => ({
      body: {
        name: 'x',
        engine: 'postgres',
        connection: { ...connection, host: '127.0.0.1', port: 1, password: secret },
      },
    }),
  ],
  'POST /api/v1/admin/sources/{id}/test-connection': [
    () => ({
      id: madeBy('POST /api/v1/admin/sources'),
      body: { connection: { host: '127.0.0.1', port: 1, password: secret } },
    }),
  ],
  'POST /api/v1/admin/destinations': [
    () => ({ body: { name: 's3', kind: 's3', config: { ...s3, secretAccessKey: secret } } }),
  ],
  'PATCH /api/v1/admin/destinations/{id}': [
    () => ({
      id: madeBy('POST /api/v1/admin/destinations'),
      body: { name: 's3 renamed', config: { secretAccessKey: `${secret}-2` } },
    }),
  ],
  'POST /api/v1/admin/destinations/test': [
    () => ({
      body: { name: 'x', kind: 's3', config: { ...s3, endpoint: 'http://127.0.0.1:1', secretAccessKey: secret } },
    }),
  ],
  'POST /api/v1/admin/destinations/{id}/test': [
    () => ({
      id: madeBy('POST /api/v1/admin/destinations'),
      body: { config: { endpoint: 'http://127.0.0.1:1', secretAccessKey: secret } },
    }),
  ],
  'POST /api/v1/admin/channels': [
    () => ({
      body: {
        name: 'mail',
        kind: 'email',
        config: { host: 'h.invalid', user: 'u', password: secret, from: 'a@b.c', to: ['a@b.c'] },
      },
    }),
    () => ({ body: { name: 'slack', kind: 'slack', config: { url: secretUrl } } }),
    () => ({ body: { name: 'teams', kind: 'teams', config: { url: secretUrl } } }),
    () => ({ body: { name: 'discord', kind: 'discord', config: { url: secretUrl } } }),
    () => ({
      body: { name: 'telegram', kind: 'telegram', config: { chatId: '-1', token: `12345:${marker}abcdefghijkl` } },
    }),
    () => ({ body: { name: 'pager', kind: 'pagerduty', config: { routingKey: `${marker}0123456789abcdefgh1` } } }),
    () => ({ body: { name: 'hook', kind: 'webhook', config: { url: `https://example.com/${marker}`, secret } } }),
  ],
  'PATCH /api/v1/admin/channels/{id}': [
    () => ({
      id: madeBy('POST /api/v1/admin/channels'),
      body: { name: 'hook renamed', config: { url: `https://example.org/${marker}`, secret: `${secret}-2` } },
    }),
  ],
  'PATCH /api/v1/admin/settings/operations': [
    () => ({
      body: {
        oidc: { clientId: 'c', clientSecret: secret },
        deadManSwitch: { url: `https://hc-ping.com/${marker}` },
      },
    }),
  ],
  'POST /api/v1/admin/users': [
    () => ({ body: { email: 'new@example.com', name: 'New', role: 'viewer', password: secret } }),
  ],
  'PATCH /api/v1/admin/users/{id}': [
    () => ({ id: madeBy('POST /api/v1/admin/users'), body: { password: `${secret}-2`, role: 'operator' } }),
  ],
  'PATCH /api/v1/me': [() => ({ body: { currentPassword: secret, newPassword: `${secret}-3` } })],
  'POST /api/v1/me/step-up': [() => ({ body: { password: secret } })],
  'POST /api/v1/setup': [() => ({ body: { code: secret, email: 'first@example.com', name: 'x', password: secret } })],
  'POST /api/v1/invitations/look-up': [() => ({ body: { token: secret } })],
  'POST /api/v1/invitations/accept': [() => ({ body: { token: secret, name: 'x', password: secret } })],
}

const secretField = /password|secret|^token$|routingKey|accessKey$|privateKey/i

/** The routes whose bodies have a field with the name of a secret, and which. */
function secretFields(route: ApiRoute): string[] {
  if (!route.body) return []
  const names = new Set<string>()
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit)
    if (typeof node !== 'object' || node === null) return
    if ('properties' in node && typeof node.properties === 'object') {
      for (const [name, shape] of Object.entries(node.properties ?? {})) {
        if (secretField.test(name) && JSON.stringify(shape).includes('"string"')) names.add(name)
      }
    }
    Object.values(node).forEach(visit)
  }
  visit(z.toJSONSchema(route.body, { io: 'input', unrepresentable: 'any' }))
  return [...names]
}

it('no secret that any operation takes is found in the audit log, nor in what is answered (security 6, 11, 24)', async () => {
  for (const route of apiRoutes) {
    const name = routeName(route)
    const given = JSON.stringify((bodies[name] ?? []).map((make) => make().body))
    for (const field of secretFields(route)) {
      expect(given, `${name} takes ${field}: put it into this test`).toContain(`"${field}":`)
    }
  }
  for (const [name, list] of Object.entries(bodies)) {
    const route = apiRoutes.find((each) => routeName(each) === name)
    expect(route, `there is no ${name}`).toBeDefined()
    if (!route) continue
    for (const make of list) {
      const { id, body } = make()
      const credentials = route.scope === 'person' ? { headers: session } : { token: admin }
      const answer = await send(route, { ...credentials, body, ...(id ? { id } : {}) })
      expect(answer.status, `${name}: ${answer.text}`).not.toBe(500)
      // These must have been taken, or the test would look for secrets that were never stored.
      if (/POST .*admin\/\w+$|PATCH .*admin/.test(name))
        expect(answer.status, `${name}: ${answer.text}`).toBeLessThan(300)
      // Addresses of web hooks and of the dead man's switch are shown to administrators, who have to recognise them.
      if (!/channels|operations/.test(name)) expect(answer.text).not.toContain(marker)
      if (typeof answer.json['id'] === 'string') created.set(name, answer.json['id'])
    }
  }
  const operations = apiRoutes.find((each) => routeName(each) === 'GET /api/v1/admin/settings/operations')
  if (operations) expect((await send(operations, { token: await web.token('viewer') })).text).not.toContain(marker)
  const rows = await web.ctx.db.auditEvent.findMany({ orderBy: { id: 'asc' } })
  expect(rows.length).toBeGreaterThan(15)
  for (const row of rows) expect(JSON.stringify([row.actor, row.detail]), row.action).not.toContain(marker)
  // What changed is there all the same.
  const change = (action: string) => rows.find((row) => row.action === action)?.detail
  expect(change('source.update')).toMatchObject({
    changes: {
      port: { from: 5432, to: 5433 },
      compression: { to: 'lz4' },
      passwordSet: { from: 'set', to: 'replaced' },
    },
  })
  expect(change('destination.update')).toMatchObject({
    changes: { name: { from: 's3', to: 's3 renamed' }, secretAccessKeySet: { from: 'set', to: 'replaced' } },
  })
  expect(change('user.update')).toMatchObject({
    changes: { role: { from: 'viewer', to: 'operator' }, passwordSet: { from: 'set', to: 'replaced' } },
  })
  expect(change('channel.update')).toMatchObject({
    changes: { url: { from: 'https://example.com/…', to: 'https://example.org/…' }, secretSet: { to: 'replaced' } },
  })
  expect(await verifyAuditLog({ ctx: web.ctx })).toMatchObject({ ok: true, verified: rows.length })
})

it('what a service hands over under the name of a secret by mistake stays out', async () => {
  const names = [
    'password',
    'newPassword',
    'secret',
    'clientSecret',
    'secretAccessKey',
    'token',
    'botToken',
    'recoveryCodes',
    'privateKey',
  ]
  const detail = Object.fromEntries(names.map((name) => [name, secret]))
  const kept = { tokenId: 'kept', passwordSet: 'kept', name: 'kept' }
  await recordAudit(web.ctx.db, web.ctx.actor, {
    action: 'test.careless',
    subjectType: 'x',
    detail: { deep: [detail], ...kept },
  })
  const row = await web.ctx.db.auditEvent.findFirstOrThrow({ where: { action: 'test.careless' } })
  expect(JSON.stringify(row.detail)).not.toContain(marker)
  expect(row.detail).toMatchObject(kept)
})
