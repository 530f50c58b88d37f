import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { POST as testRoute } from '@/app/api/v1/admin/oidc/test/route'
import { PATCH as patchOperations, GET as getOperations } from '@/app/api/v1/admin/settings/operations/route'
import type { UpdateOperations } from '@/lib/contracts/operations'
import { sessionCookieName, sessionIdOf } from '@/lib/server/sign-in/session-cookie'
import { signInOffer } from '@/lib/services/oidc/read-oidc'
import { signInWithOidc } from '@/lib/services/oidc/sign-in-with-oidc'
import { updateOperations } from '@/lib/services/operations/update-operations'
import { readSession } from '@/lib/services/session/read-session'
import { askAgainParams } from '@/lib/client/ask-again-params'
import { requireStepUp } from '@/lib/services/step-up/require-step-up'
import { updateUser } from '@/lib/services/user/update-user'
import { Browser } from '../helpers/browser'
import { client, startIdentityProvider, type IdentityProvider } from '../helpers/servers/identity-provider'
import { startSignInServer, type SignInServer } from '../helpers/servers/sign-in-server'
import { call, startWeb, type Web } from '../helpers/web'

let web: Web
let signIns: SignInServer
let idp: IdentityProvider
let browser: Browser
beforeAll(async () => {
  web = await startWeb()
  signIns = await startSignInServer()
  idp = await startIdentityProvider({ redirectUris: [`${signIns.origin}/api/auth/callback/oidc`] })
  await configure({
    enabled: true,
    issuer: idp.issuer,
    clientId: client.id,
    clientSecret: client.secret,
    scopes: 'openid email profile groups',
    roleByGroup: { staff: 'viewer', dba: 'admin' },
  })
})
beforeEach(() => {
  browser = new Browser()
})
afterAll(async () => {
  await idp.close()
  await signIns.close()
  await web.stop()
})

const configure = (oidc: UpdateOperations['oidc']) => updateOperations({ ctx: web.ctx, input: { oidc } })

/** Presses the button and goes through the provider; answers where one ends up. */
async function signIn(who: string, params: Record<string, string> = {}): Promise<URL> {
  idp.signsIn = who
  return browser.follow(await begin(params), (url) => url.origin === signIns.origin && !url.pathname.startsWith('/api'))
}

/** The provider's address that the button leads to. */
async function begin(params: Record<string, string> = {}): Promise<string> {
  const token = await browser.send(`${signIns.origin}/api/auth/csrf`)
  const { csrfToken }: { csrfToken: string } = await token.json()
  const answer = await browser.send(`${signIns.origin}/api/auth/signin/oidc?${new URLSearchParams(params)}`, {
    method: 'POST',
    body: new URLSearchParams({ csrfToken, callbackUrl: `${signIns.origin}/admin`, json: 'true' }),
  })
  const { url }: { url: string } = await answer.json()
  return url
}

async function actorOfBrowser() {
  const sessionId = await sessionIdOf(browser.cookie(signIns.origin, sessionCookieName))
  return sessionId ? readSession({ ctx: web.ctx, input: { sessionId } }) : null
}

const userOf = (subject: string) => web.ctx.db.user.findFirst({ where: { oidcSubject: subject } })

describe('the way to the provider', () => {
  it('carries state, nonce and a PKCE challenge, and comes back to our own callback', async () => {
    const url = new URL(await begin())
    expect(url.origin).toBe(idp.issuer)
    expect(url.searchParams.get('redirect_uri')).toBe(`${signIns.origin}/api/auth/callback/oidc`)
    expect(url.searchParams.get('code_challenge_method')).toBe('S256')
    for (const name of ['state', 'nonce', 'code_challenge']) expect(url.searchParams.get(name)).toMatch(/^[\w-]{20,}$/)
  })

  it('is closed to an answer that was not asked for in this browser', async () => {
    idp.accounts.set('victim', { email: 'victim@example.com', groups: ['staff'] })
    idp.signsIn = 'victim'
    const back = await browser.follow(await begin(), (url) => url.pathname === '/api/auth/callback/oidc')
    browser = new Browser()
    const end = await browser.follow(back.href, (url) => url.pathname === '/login')
    expect(end.searchParams.get('error')).toBe('OAuthCallback')
    expect(await actorOfBrowser()).toBeNull()
  })
})

describe('someone with a mapped group', () => {
  it('gets an account of their own at the first sign-in, found again by issuer and subject', async () => {
    idp.accounts.set('ada', { email: 'Ada@Example.com', name: 'Ada', groups: ['others', 'staff'] })
    expect((await signIn('ada')).pathname).toBe('/admin')
    expect(await actorOfBrowser()).toMatchObject({ email: 'ada@example.com', role: 'viewer' })
    const first = await userOf('ada')
    expect(first).toMatchObject({ name: 'Ada', passwordHash: null, oidcIssuer: idp.issuer })
    // The address changed at the provider; it is still the same person.
    idp.accounts.set('ada', { email: 'ada.new@example.com', name: 'Ada', groups: ['staff'] })
    browser = new Browser()
    await signIn('ada')
    expect(await actorOfBrowser()).toMatchObject({ id: first?.id })
    const session = await web.ctx.db.session.findFirst({ where: { userId: first?.id }, orderBy: { id: 'desc' } })
    expect(session).toMatchObject({ method: 'oidc', userAgent: 'a test' })
  })

  it('has the role of their groups at the next sign-in, up and down', async () => {
    idp.accounts.set('bob', { email: 'bob@example.com', groups: ['staff'] })
    await signIn('bob')
    idp.accounts.set('bob', { email: 'bob@example.com', groups: ['staff', 'dba'] })
    browser = new Browser()
    await signIn('bob')
    expect(await actorOfBrowser()).toMatchObject({ role: 'admin' })
    idp.accounts.set('bob', { email: 'bob@example.com', groups: ['staff'] })
    browser = new Browser()
    await signIn('bob')
    expect(await actorOfBrowser()).toMatchObject({ role: 'viewer' })
    // Nobody here made bob an administrator; the administrators hear of it all the same, once.
    const told = { event: 'guarded-change', title: 'bob@example.com became an administrator' }
    expect(await web.ctx.db.alert.count({ where: told })).toBe(1)
  })

  it('is refused once disabled here', async () => {
    idp.accounts.set('dan', { email: 'dan@example.com', groups: ['staff'] })
    await signIn('dan')
    const dan = await userOf('dan')
    await updateUser({ ctx: web.ctx, input: { id: dan?.id ?? '', patch: { disabled: true } } })
    browser = new Browser()
    expect((await signIn('dan')).href).toBe(`${signIns.origin}/login?error=oidc-disabled`)
    expect(await actorOfBrowser()).toBeNull()
  })
})

describe('someone else', () => {
  it('is refused without a mapped group, makes no account, and is in the audit log', async () => {
    idp.accounts.set('eve', { email: 'eve@example.com', groups: ['others'] })
    expect((await signIn('eve')).href).toBe(`${signIns.origin}/login?error=oidc-no-role`)
    expect(await actorOfBrowser()).toBeNull()
    expect(await userOf('eve')).toBeNull()
    const event = await web.ctx.db.auditEvent.findFirst({ orderBy: { id: 'desc' } })
    expect(event).toMatchObject({
      action: 'session.sign-in-failed',
      detail: { subject: 'eve', failed: 'oidc-no-role' },
    })
  })

  it('who lost every group is signed out everywhere when they try to come back', async () => {
    idp.accounts.set('fay', { email: 'fay@example.com', groups: ['staff'] })
    await signIn('fay')
    const before = await actorOfBrowser()
    idp.accounts.set('fay', { email: 'fay@example.com', groups: [] })
    const elsewhere = browser
    browser = new Browser()
    await signIn('fay')
    browser = elsewhere
    expect(before).not.toBeNull()
    expect(await actorOfBrowser()).toBeNull()
  })

  it('is let in by the default role, where there is one', async () => {
    idp.accounts.set('gus', { email: 'gus@example.com' })
    await configure({ defaultRole: 'viewer' })
    await signIn('gus')
    expect(await actorOfBrowser()).toMatchObject({ role: 'viewer' })
    await configure({ defaultRole: null })
  })

  it('never takes over an account with a password, whatever address the provider tells (security 23)', async () => {
    await web.ctx.db.user.create({
      data: { email: 'owner@example.com', name: 'Owner', role: 'admin', passwordHash: 'a password' },
    })
    idp.accounts.set('mallory', { email: 'owner@example.com', email_verified: true, groups: ['dba'] })
    expect((await signIn('mallory')).href).toBe(`${signIns.origin}/login?error=oidc-account-exists`)
    expect(await userOf('mallory')).toBeNull()
  })

  it('takes up an account without any way to sign in by a verified address alone', async () => {
    await web.ctx.db.user.create({ data: { email: 'prepared@example.com', name: 'Prepared', role: 'viewer' } })
    idp.accounts.set('pat', { email: 'prepared@example.com', email_verified: false, groups: ['staff'] })
    expect((await signIn('pat')).search).toBe('?error=oidc-account-exists')
    idp.accounts.set('pat', { email: 'prepared@example.com', email_verified: true, groups: ['staff'] })
    browser = new Browser()
    expect((await signIn('pat')).pathname).toBe('/admin')
    expect(await userOf('pat')).toMatchObject({ name: 'Prepared' })
  })

  it('needs an address', async () => {
    idp.accounts.set('nobody', { groups: ['staff'] })
    expect((await signIn('nobody')).search).toBe('?error=oidc-no-email')
  })
})

describe('showing again who one is', () => {
  it('counts only when the provider asked for the password this very moment', async () => {
    idp.accounts.set('hal', { email: 'hal@example.com', groups: ['dba'] })
    await signIn('hal')
    const first = await actorOfBrowser()
    if (!first) throw new Error('not signed in')
    // A sign-in that did not ask for the time of the password tells no such time.
    await expect(requireStepUp({ ...web.ctx, actor: first })).rejects.toMatchObject({
      code: 'step-up-needed',
      facts: { methods: ['oidc'] },
    })
    await signIn('hal', askAgainParams)
    const again = await actorOfBrowser()
    if (!again) throw new Error('not signed in')
    await requireStepUp({ ...web.ctx, actor: again })
    expect(again.sessionId).not.toBe(first.sessionId)
    expect(await readSession({ ctx: web.ctx, input: { sessionId: first.sessionId ?? '' } })).toBeNull()
  })

  it('asks for the time by name, which is all that some providers listen to', async () => {
    idp.accounts.set('jim', { email: 'jim@example.com', groups: ['dba'] })
    const { claims } = askAgainParams
    browser = new Browser()
    await signIn('jim', { claims })
    const actor = await actorOfBrowser()
    if (!actor) throw new Error('not signed in')
    await requireStepUp({ ...web.ctx, actor })
  })

  it.each([
    ['a minute ago', 60, true],
    ['ten minutes ago', 600, false],
    ['an hour from now', -3600, false],
  ])('with a password that the provider asked for %s (%i s): %s', async (_, agoSeconds, counts) => {
    const oidc = {
      issuer: idp.issuer,
      groupsClaim: 'groups',
      roles: { roleByGroup: {}, defaultRole: 'viewer' as const },
    }
    const claims = { sub: 'ivy', email: 'ivy@example.com', auth_time: Math.floor(Date.now() / 1000) - agoSeconds }
    const input = { oidc, claims, replaces: null, address: null, userAgent: null }
    const { sessionId } = await signInWithOidc({ ctx: web.ctx, input })
    const { stepUpAt } = await web.ctx.db.session.findUniqueOrThrow({ where: { id: sessionId } })
    expect(stepUpAt !== null).toBe(counts)
  })
})

describe('the settings', () => {
  it('keep the client secret to themselves (security 6)', async () => {
    const token = await web.token('admin')
    const path = '/api/v1/admin/settings/operations'
    const body = { oidc: { clientSecret: client.secret } }
    const patched = await call(patchOperations, { method: 'PATCH', path, token, body })
    expect(patched.status).toBe(200)
    const shown = await call(getOperations, { path, token })
    const stored = JSON.stringify([
      await web.ctx.db.setting.findMany(),
      (await web.ctx.db.auditEvent.findMany()).map((event) => event.detail),
    ])
    for (const text of [patched.text, shown.text, stored]) expect(text).not.toContain(client.secret)
  })

  it('are tried against the provider, which tells a wrong secret from a right one', async () => {
    const token = await web.token('admin')
    const path = '/api/v1/admin/oidc/test'
    const attempt = async () => (await call(testRoute, { method: 'POST', path, token })).json
    expect(await attempt()).toMatchObject({ ok: true })
    await configure({ clientSecret: 'another' })
    expect(await attempt()).toMatchObject({
      ok: false,
      checks: [{ ok: true }, { ok: true }, { name: 'Client id and secret', ok: false }],
    })
    await configure({ clientSecret: client.secret, issuer: `${idp.issuer}/` })
    expect(await attempt()).toMatchObject({ ok: false, checks: [{ name: 'Discovery', ok: false }] })
    await configure({ clientSecret: client.secret, issuer: 'http://127.0.0.1:9' })
    expect(await attempt()).toMatchObject({ ok: false, checks: [{ name: 'Discovery', ok: false }] })
    await configure({ clientSecret: client.secret, issuer: idp.issuer })
  })

  it('refuse the machine’s own metadata address, and being turned on half filled in', async () => {
    await expect(configure({ issuer: 'http://169.254.169.254/' })).rejects.toMatchObject({ code: 'address-refused' })
    await expect(configure({ clientId: '' })).rejects.toMatchObject({ code: 'invalid-input' })
  })

  it('put the button on the sign-in page, and take it away with the way behind it', async () => {
    expect(await signInOffer({ ctx: web.ctx })).toEqual({ oidcLabel: 'single sign-on' })
    await configure({ enabled: false })
    expect(await signInOffer({ ctx: web.ctx })).toEqual({ oidcLabel: null })
    const providers = await browser.send(`${signIns.origin}/api/auth/providers`)
    expect(Object.keys(await providers.json())).toEqual(['credentials'])
    await configure({ enabled: true })
  })
})
