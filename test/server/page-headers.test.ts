import { NextRequest } from 'next/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

/** The proxy as a process with this public address loads it. */
async function startedWith(publicUrl: string | null) {
  vi.resetModules()
  vi.stubEnv('NEXTAUTH_URL', publicUrl ?? undefined)
  Reflect.deleteProperty(globalThis, 'holdfastPublicUrl')
  const [{ proxy }, { sessionCookieName }, { authOptions }] = [
    await import('@/proxy'),
    await import('@/lib/server/sign-in/session-cookie'),
    await import('@/lib/server/sign-in/auth-options'),
  ]
  const page = (path: string, headers: Record<string, string> = {}) =>
    proxy(new NextRequest(`http://holdfast.test${path}`, { headers }))
  return { page, sessionCookieName, cookie: authOptions.cookies?.sessionToken }
}
const rulesOf = (policy: string | null) =>
  new Map((policy ?? '').split('; ').map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1).join(' ')]))

beforeEach(() => vi.stubEnv('NEXTAUTH_SECRET', 'x'))
afterEach(() => {
  Reflect.deleteProperty(globalThis, 'holdfastPublicUrl')
  vi.unstubAllEnvs()
})

describe('a page', () => {
  it('runs scripts with the nonce of its own answer alone, and is framed by nobody (security 23)', async () => {
    const { page } = await startedWith(null)
    const nonces = ['/login', '/setup', '/admin/sources'].map((path) => {
      const answer = page(path, { cookie: 'holdfast.session=x' })
      const policy = answer.headers.get('content-security-policy')
      const rules = rulesOf(policy)
      expect(rules.get('script-src')).toMatch(/^'nonce-[A-Za-z0-9+/]{22}==' 'strict-dynamic'$/)
      expect(Object.fromEntries(rules)).toMatchObject({
        'default-src': "'self'",
        'object-src': "'none'",
        'base-uri': "'none'",
        'form-action': "'self'",
        'frame-ancestors': "'none'",
        'connect-src': "'self'",
      })
      // Next takes the nonce for its own scripts from the policy in the request that it gets.
      expect(answer.headers.get('x-middleware-request-content-security-policy')).toBe(policy)
      return rules.get('script-src')
    })
    expect(new Set(nonces).size).toBe(3)
  })

  it('does not take a policy that a client sends along', async () => {
    const { page } = await startedWith(null)
    const answer = page('/login', { 'content-security-policy': "script-src 'nonce-known' 'unsafe-inline'" })
    expect(answer.headers.get('x-middleware-request-content-security-policy')).not.toContain('known')
  })

  it('that leads to the sign-in carries a policy too', async () => {
    const { page } = await startedWith(null)
    const answer = page('/admin')
    expect(answer.status).toBe(307)
    expect(answer.headers.get('content-security-policy')).toContain("'strict-dynamic'")
  })
})

describe('behind TLS', () => {
  it('the cookie is bound to the host (security 15)', async () => {
    const { sessionCookieName, cookie } = await startedWith('https://holdfast.example.com')
    expect(sessionCookieName).toBe('__Host-holdfast.session')
    expect(cookie).toMatchObject({ name: sessionCookieName, options: { secure: true, httpOnly: true, path: '/' } })
    expect(cookie?.options).not.toHaveProperty('domain')
  })

  it.each([null, 'http://127.0.0.1:3000'])('is not what %s is: a plain name', async (publicUrl) => {
    const { sessionCookieName, cookie } = await startedWith(publicUrl)
    expect(sessionCookieName).toBe('holdfast.session')
    expect(cookie?.options).toMatchObject({ secure: false, httpOnly: true, path: '/' })
  })
})
