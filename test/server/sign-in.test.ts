import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GET as health } from '@/app/api/v1/health/route'
import { GET as setupNeeded, POST as setUp } from '@/app/api/v1/setup/route'
import { authOptions } from '@/lib/server/auth-options'
import { clientAddress } from '@/lib/server/client-address'
import { call, startWeb, type Web } from '../helpers/web'

let web: Web
beforeAll(async () => {
  web = await startWeb()
})
afterAll(() => web.stop())

const password = 'correct horse battery'
const email = 'first@example.com'

/** What next-auth calls with the posted form. */
async function authorize(tried: string, who = email): Promise<unknown> {
  const [provider] = authOptions.providers
  if (provider?.type !== 'credentials') throw new Error('the password provider is missing')
  // next-auth keeps what was configured under `options`; its own type does not say so.
  const { options } = provider as unknown as { options: typeof provider }
  const request = { headers: { 'x-forwarded-for': '192.0.2.7' }, body: {}, query: {}, method: 'POST' }
  return options.authorize({ email: who, password: tried }, request)
}

describe('the first start', () => {
  it('asks for an administrator once, and answers health to everyone', async () => {
    expect((await call(health)).json).toEqual({ status: 'up' })
    expect((await call(setupNeeded)).json).toEqual({ needed: true })
    const weak = await call(setUp, { method: 'POST', body: { email, password: 'short' } })
    expect(weak.json).toMatchObject({ status: 400, errors: [{ path: 'password' }] })
    const made = await call(setUp, { method: 'POST', body: { email, password } })
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({ email, role: 'admin' })
    expect(made.text).not.toContain('argon2')
    expect((await call(setupNeeded)).json).toEqual({ needed: false })
    const second = await call(setUp, { method: 'POST', body: { email: 'second@example.com', password } })
    expect(second.json).toMatchObject({ status: 409, code: 'setup-done' })
  })
})

describe('the sign-in form', () => {
  it('gets a session for the right password and a code for the wrong one', async () => {
    await expect(authorize(password)).resolves.toHaveProperty('sessionId')
    await expect(authorize('wrong')).rejects.toThrow(/^sign-in-failed$/)
  })

  it('gets the seconds to wait once it was wrong too often', async () => {
    for (let n = 0; n < 5; n += 1) await authorize('wrong', 'other@example.com').catch(() => undefined)
    await expect(authorize(password, 'other@example.com')).rejects.toThrow(/^rate-limited:\d+$/)
  })

  it('carries nothing but the session in its cookie', async () => {
    const jwt = authOptions.callbacks?.jwt
    const user = { id: 'u', sessionId: 's', email, name: 'N' }
    expect(await jwt?.({ token: { name: 'N', email }, user, account: null })).toEqual({ sub: 'u', sid: 's' })
    expect(authOptions.cookies?.sessionToken?.options).toMatchObject({ httpOnly: true, sameSite: 'lax', secure: false })
  })
})

describe('the client address', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['1.1.1.1, 203.0.113.9', '203.0.113.9'],
    ['', null],
    [null, null],
  ])('of %j is %j: what the nearest proxy saw, not what the client wrote', (header, address) => {
    expect(clientAddress(header)).toBe(address)
  })
})
