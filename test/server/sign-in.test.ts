import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GET as health } from '@/app/api/v1/health/route'
import { GET as setupNeeded, POST as setUp } from '@/app/api/v1/setup/route'
import { authOptions } from '@/lib/server/sign-in/auth-options'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { checkSetupCode } from '@/lib/server/sign-in/setup-code'
import { signInResponse } from '@/lib/server/sign-in/sign-in-response'
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
  const code = 'ABCD-EFGH-JKMN-2345'
  const keys = () => path.join(process.env['HOLDFAST_HOME'] ?? '', 'keys')
  const setUpWith = (body: Record<string, unknown>, address = '192.0.2.1') =>
    call(setUp, { method: 'POST', body: { email, password, ...body }, headers: { 'x-forwarded-for': address } })

  it('belongs to nobody while no set-up code was printed', async () => {
    expect((await setUpWith({ code: '' })).json).toMatchObject({ status: 400, errors: [{ path: 'code' }] })
    expect((await setUpWith({ code })).json).toMatchObject({ status: 403, code: 'setup-code-missing' })
    expect((await call(setupNeeded)).json).toEqual({ needed: true })
  })

  it('belongs to the one who has the code, and asks for an administrator once', async () => {
    await mkdir(keys(), { recursive: true })
    await writeFile(path.join(keys(), 'setup-code'), `${code}\n`, { mode: 0o600 })
    expect((await call(health)).json).toEqual({ status: 'up' })
    expect((await setUpWith({ code: 'ABCD-EFGH-JKMN-2346' })).json).toMatchObject({
      status: 403,
      code: 'setup-code-wrong',
      errors: [{ path: 'code' }],
    })
    expect((await call(setupNeeded)).json).toEqual({ needed: true })
    expect((await setUpWith({ code, password: 'short' })).json).toMatchObject({
      status: 400,
      errors: [{ path: 'password' }],
    })
    const made = await setUpWith({ code: code.toLowerCase().replaceAll('-', ' ') })
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({ email, role: 'admin' })
    expect(made.text).not.toContain('argon2')
    expect((await call(setupNeeded)).json).toEqual({ needed: false })
    expect(existsSync(path.join(keys(), 'setup-code'))).toBe(false)
    const second = await setUpWith({ code, email: 'second@example.com' })
    expect(second.json).toMatchObject({ status: 409, code: 'setup-done' })
  })
})

describe('guessing the set-up code', () => {
  it('ends after ten guesses from one place', async () => {
    for (let n = 0; n < 10; n += 1) {
      await expect(checkSetupCode('wrong', '192.0.2.99')).rejects.toMatchObject({ code: 'setup-code-missing' })
    }
    await expect(checkSetupCode('wrong', '192.0.2.99')).rejects.toMatchObject({ code: 'rate-limited' })
    await expect(checkSetupCode('wrong', '192.0.2.98')).rejects.toMatchObject({ code: 'setup-code-missing' })
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

describe('the answer to a sign-in', () => {
  it('keeps the browser’s own cookie, for half a year and out of reach of scripts', () => {
    const answer = signInResponse(Response.json({ url: '/' }), { device: 'hfd_x' })
    expect(answer.status).toBe(200)
    expect(answer.headers.getSetCookie()).toEqual([
      'holdfast.device=hfd_x; Path=/; Max-Age=15552000; HttpOnly; SameSite=Lax',
    ])
  })

  it('says to programs too that one has to wait, and for how long', async () => {
    const refused = await authorize(password, 'other@example.com').catch((error: unknown) => error)
    expect(refused).toMatchObject({ cause: { code: 'rate-limited' } })
    const cause = refused instanceof Error && refused.cause instanceof HoldfastError ? refused.cause : undefined
    const answer = signInResponse(Response.json({ url: '/login?error=x' }, { status: 401 }), { refused: cause })
    expect(answer.status).toBe(429)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(600)
    expect(await answer.json()).toEqual({ url: '/login?error=x' })
  })
})
