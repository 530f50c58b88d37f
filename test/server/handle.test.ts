import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ErrorCode } from '@/lib/contracts/error-code'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { handle } from '@/lib/server/handle'
import { signIn } from '@/lib/services/session/sign-in'
import { createUser } from '@/lib/services/user/create-user'
import { revokeToken } from '@/lib/services/token/revoke-token'
import { call, startWeb, type Web } from '../helpers/web'

let web: Web
beforeAll(async () => {
  web = await startWeb()
})
afterAll(() => web.stop())

const echo = handle({ role: 'viewer' }, ({ ctx }) => Promise.resolve({ actor: ctx.actor }))
const change = handle({ role: 'operator', body: z.object({ name: z.string().min(3, 'Too short') }) }, ({ body }) =>
  Promise.resolve(body),
)

async function session(email: string): Promise<{ sessionId: string; cookie: string }> {
  const password = 'correct horse battery'
  await createUser({ ctx: web.ctx, input: { email, name: email, role: 'operator', password } })
  const input = { email, password, address: null, userAgent: null }
  const { sessionId } = await signIn({ ctx: web.ctx, input })
  return { sessionId, cookie: await web.cookie(sessionId) }
}

describe('authentication', () => {
  it('refuses a request without credentials as problem+json', async () => {
    const answer = await call(echo)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.json).toMatchObject({ code: 'unauthenticated', status: 401, title: 'Unauthorized' })
  })

  it.each(['Bearer nonsense', 'Bearer ', 'Basic abc', 'Bearer hf_\u00e9'])('refuses the header %j', async (header) => {
    expect((await call(echo, { headers: { authorization: header } })).status).toBe(401)
  })

  it('accepts a token and refuses it once it is revoked', async () => {
    const token = await web.token('viewer')
    const first = await call(echo, { token })
    expect(first.status).toBe(200)
    const { id } = z.object({ actor: z.object({ id: z.string() }) }).parse(first.json).actor
    await revokeToken({ ctx: web.ctx, input: { id } })
    expect((await call(echo, { token })).status).toBe(401)
  })

  it('refuses further wrong tokens of an address that sent many, and lets the right ones of it in (security 32)', async () => {
    const token = await web.token('viewer')
    const from = { 'x-forwarded-for': '198.51.100.7' }
    for (let n = 0; n < 20; n += 1) {
      expect((await call(echo, { headers: { ...from, authorization: `Bearer wrong-${n}` } })).status).toBe(401)
    }
    const further = await call(echo, { headers: { ...from, authorization: 'Bearer wrong-again' } })
    expect(further.json).toMatchObject({ status: 429, code: 'rate-limited' })
    expect(Number(further.headers.get('retry-after'))).toBeGreaterThan(60)
    expect((await call(echo, { headers: { ...from, authorization: `Bearer ${token}` } })).status).toBe(200)
    const other = { 'x-forwarded-for': '198.51.100.8', authorization: 'Bearer wrong' }
    expect((await call(echo, { headers: other })).status).toBe(401)
  })

  it('accepts the session cookie and refuses one signed with another key or changed', async () => {
    const { cookie } = await session('cookie@example.com')
    expect((await call(echo, { headers: { cookie } })).json).toMatchObject({ actor: { email: 'cookie@example.com' } })
    expect((await call(echo, { headers: { cookie: `${cookie}x` } })).status).toBe(401)
    expect((await call(echo, { headers: { cookie: 'holdfast.session=..' } })).status).toBe(401)
  })

  it('does not fall back to the cookie when the token is wrong', async () => {
    const { cookie } = await session('both@example.com')
    expect((await call(echo, { headers: { cookie, authorization: 'Bearer wrong' } })).status).toBe(401)
  })
})

describe('cross-site requests', () => {
  const post = (cookie: string, headers: Record<string, string>) =>
    call(change, { method: 'POST', body: { name: 'fine' }, headers: { cookie, ...headers } })

  it('lets our own pages change things under a session, on any host name that the browser uses', async () => {
    const { cookie } = await session('own@example.com')
    expect((await post(cookie, { 'sec-fetch-site': 'same-origin', origin: 'http://holdfast.test' })).status).toBe(200)
    expect((await post(cookie, { origin: 'http://holdfast.test' })).status).toBe(200)
    // Behind a proxy the front has put the name in the browser there; what else is said of it does not count.
    const proxied = { origin: 'https://backup.example.com', host: 'backup.example.com' }
    expect((await post(cookie, proxied)).status).toBe(200)
    const claimed = { origin: 'http://evil.test', 'x-forwarded-host': 'evil.test' }
    expect((await post(cookie, claimed)).status).toBe(403)
  })

  it('refuses changes that another site makes the browser send', async () => {
    const { cookie } = await session('victim@example.com')
    const foreign: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: 'http://holdfast.test' },
      { 'sec-fetch-site': 'same-origin', origin: 'http://evil.test' },
      { origin: 'http://evil.test' },
      { origin: 'null' },
      {},
    ]
    for (const headers of foreign) {
      const answer = await post(cookie, headers)
      expect(answer.json).toMatchObject({ status: 403, code: 'foreign-site' })
    }
  })

  it('asks nothing of the kind from tokens, which browsers never send by themselves', async () => {
    const token = await web.token('operator')
    expect((await call(change, { method: 'POST', token, body: { name: 'fine' } })).status).toBe(200)
  })
})

describe('input', () => {
  it('names the fields that are wrong', async () => {
    const answer = await call(change, { method: 'POST', token: await web.token('operator'), body: { name: 'x' } })
    expect(answer.json).toMatchObject({
      status: 400,
      code: 'invalid-input',
      errors: [{ path: 'name', message: 'Too short' }],
    })
  })

  it('refuses what is not JSON, is broken, or is too large', async () => {
    const token = await web.token('operator')
    const send = (rawBody: string, headers = {}) => call(change, { method: 'POST', token, rawBody, headers })
    expect((await send('{"name":')).json).toMatchObject({ status: 400, code: 'invalid-json' })
    expect((await send('name=fine', { 'content-type': 'text/plain' })).json).toMatchObject({ status: 415 })
    expect((await send(JSON.stringify({ name: 'x'.repeat(1_100_000) }))).json).toMatchObject({ status: 413 })
  })

  it('answers 403 before it looks at the input', async () => {
    const answer = await call(change, { method: 'POST', token: await web.token('viewer'), rawBody: '{' })
    expect(answer.json).toMatchObject({ status: 403, code: 'forbidden' })
  })

  it('answers 404 for an id that cannot exist', async () => {
    const byId = handle({ role: 'viewer', params: z.object({ id: z.uuid() }) }, () => Promise.resolve({}))
    const answer = await call(byId, { token: await web.token('viewer'), params: { id: "1'; DROP TABLE job" } })
    expect(answer.json).toMatchObject({ status: 404, code: 'not-found' })
  })
})

describe('errors', () => {
  it('tells an unexpected error as an incident and nothing of its inside', async () => {
    const broken = handle({ role: 'viewer' }, () => Promise.reject(new Error('password=hunter2 in /srv/app.js')))
    const answer = await call(broken, { token: await web.token('viewer') })
    expect(answer.status).toBe(500)
    expect(answer.text).not.toContain('hunter2')
    expect(answer.text).not.toContain('/srv')
    expect(answer.json).toMatchObject({
      code: 'unexpected',
      facts: { incident: expect.stringMatching(/^[0-9a-f]{8}$/) },
    })
  })

  it.each<[ErrorCode, number]>([
    ['name-taken', 409],
    ['storage-unreachable', 502],
    ['rate-limited', 429],
    ['kind-unsupported', 422],
  ])('maps %s to %i with code and remedy', async (code, status) => {
    const fails = handle({ role: 'viewer' }, () => Promise.reject(new HoldfastError(code, 'No.', { remedy: 'Do.' })))
    const answer = await call(fails, { token: await web.token('viewer') })
    expect(answer.json).toMatchObject({ status, code, detail: 'No.', remedy: 'Do.' })
  })

  it('sends the security headers with every answer', async () => {
    for (const answer of [await call(echo), await call(echo, { token: await web.token('viewer') })]) {
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    }
  })
})
