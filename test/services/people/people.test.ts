import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor, Role } from '@/lib/contracts/common'
import type { ServiceContext } from '@/lib/services/context'
import { listAuditEvents } from '@/lib/services/audit/list-audit-events'
import { sessionIdleMs, sessionMaxMs } from '@/lib/services/session/limits'
import { readSession } from '@/lib/services/session/read-session'
import { signIn } from '@/lib/services/session/sign-in'
import { signOut } from '@/lib/services/session/sign-out'
import { authenticateToken } from '@/lib/services/token/authenticate-token'
import { createToken } from '@/lib/services/token/create-token'
import { listTokens } from '@/lib/services/token/list-tokens'
import { registerKnownToken } from '@/lib/services/token/register-known-token'
import { revokeToken } from '@/lib/services/token/revoke-token'
import { changePassword } from '@/lib/services/user/change-password'
import { createFirstAdministrator } from '@/lib/services/user/create-first-administrator'
import { createUser } from '@/lib/services/user/create-user'
import { updateUser } from '@/lib/services/user/update-user'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { testClock, testContext, type TestClock } from '../../helpers/catalog/service-context'

let catalog: FreshCatalog
let ctx: ServiceContext
let clock: TestClock
beforeAll(async () => {
  catalog = await freshCatalog()
  clock = testClock()
  ctx = testContext(catalog.db, { clock })
})
afterAll(() => catalog.drop())

const password = 'correct horse battery'
const enter = (email: string, tried = password, address: string = randomUUID()) =>
  signIn({ ctx, input: { email, password: tried, address, userAgent: 'test' } })
async function user(role: Role = 'operator') {
  return createUser({ ctx, input: { email: `${randomUUID()}@example.com`, name: 'Someone', role, password } })
}

describe('the first administrator', () => {
  it('is made once, however many ask at the same moment', async () => {
    const ask = (n: number) =>
      createFirstAdministrator({ ctx, input: { email: `first${n}@example.com`, name: '', password } })
    const results = await Promise.allSettled([1, 2, 3, 4].map(ask))
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    await expect(ask(5)).rejects.toMatchObject({ code: 'setup-done' })
  })

  it('cannot be disabled or lose the role while there is no other', async () => {
    const admins = await catalog.db.user.findMany({ where: { role: 'admin' } })
    expect(admins).toHaveLength(1)
    const id = admins[0]?.id ?? ''
    for (const patch of [{ role: 'viewer' as const }, { disabled: true }]) {
      await expect(updateUser({ ctx, input: { id, patch } })).rejects.toMatchObject({ code: 'last-administrator' })
    }
    const second = await user('admin')
    const both = [id, second.id].map((each) => updateUser({ ctx, input: { id: each, patch: { disabled: true } } }))
    const results = await Promise.allSettled(both)
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  })
})

describe('signing in', () => {
  it('opens a session whatever the case of the address, and records it', async () => {
    const { email, id } = await user()
    const { sessionId } = await enter(email.toUpperCase())
    expect(await readSession({ ctx, input: { sessionId } })).toMatchObject({ type: 'user', id, role: 'operator' })
    const { items } = await listAuditEvents({ ctx, input: { limit: 1 } })
    expect(items[0]).toMatchObject({ action: 'session.sign-in', actor: { type: 'user', email } })
  })

  it('says the same about a wrong password, an unknown address and a disabled user', async () => {
    const known = await user()
    const disabled = await user()
    await updateUser({ ctx, input: { id: disabled.id, patch: { disabled: true } } })
    const refusals = await Promise.all(
      [enter(known.email, 'wrong'), enter('nobody@example.com'), enter(disabled.email)].map((attempt) =>
        attempt.catch((error: unknown) => error),
      ),
    )
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'sign-in-failed' })
    expect(new Set(refusals.map(String)).size).toBe(1)
    const { items } = await listAuditEvents({ ctx, input: { limit: 3, action: 'session.sign-in-failed' } })
    expect(items).toHaveLength(3)
    expect(JSON.stringify(items)).not.toContain('wrong"')
  })
})

describe('a session', () => {
  const alive = async (sessionId: string) => (await readSession({ ctx, input: { sessionId } })) !== null

  it('ends after twelve hours without use, and after seven days of use', async () => {
    const { email } = await user()
    const idle = await enter(email)
    clock.advance(sessionIdleMs + 1000)
    expect(await alive(idle.sessionId)).toBe(false)
    const used = await enter(email)
    for (let at = 0; at < sessionMaxMs - sessionIdleMs; at += sessionIdleMs / 2) {
      clock.advance(sessionIdleMs / 2)
      expect(await alive(used.sessionId)).toBe(true)
    }
    clock.advance(sessionIdleMs)
    expect(await alive(used.sessionId)).toBe(false)
  })

  it('ends when its owner signs out, and only that one', async () => {
    const { email } = await user()
    const [one, two] = [await enter(email), await enter(email)]
    await signOut({ ctx, input: one })
    expect([await alive(one.sessionId), await alive(two.sessionId)]).toEqual([false, true])
  })

  it('ends when its user is disabled, and has the new role at once when that changes', async () => {
    const { email, id } = await user('operator')
    const { sessionId } = await enter(email)
    await updateUser({ ctx, input: { id, patch: { role: 'viewer' } } })
    expect(await readSession({ ctx, input: { sessionId } })).toMatchObject({ role: 'viewer' })
    await updateUser({ ctx, input: { id, patch: { disabled: true } } })
    expect(await alive(sessionId)).toBe(false)
  })

  it('survives the own change of password, and the others do not', async () => {
    const { email, id } = await user()
    const [here, elsewhere] = [await enter(email), await enter(email)]
    const actor: Actor = { type: 'user', id, email, role: 'operator', sessionId: here.sessionId }
    const change = (currentPassword: string) =>
      changePassword({ ctx: { ...ctx, actor }, input: { currentPassword, newPassword: 'another long password' } })
    await expect(change('wrong')).rejects.toMatchObject({ facts: { errors: [{ path: 'currentPassword' }] } })
    await change(password)
    expect([await alive(here.sessionId), await alive(elsewhere.sessionId)]).toEqual([true, false])
    await expect(enter(email)).rejects.toMatchObject({ code: 'sign-in-failed' })
    await expect(enter(email, 'another long password')).resolves.toHaveProperty('sessionId')
  })
})

describe('an API token', () => {
  const works = async (token: string) => (await authenticateToken({ ctx, input: { token } })) !== null

  it('is shown once and stored as a hash alone (security 6, 11)', async () => {
    const { token, id } = await createToken({ ctx, input: { name: 'ci', role: 'operator', expiresInDays: 90 } })
    expect(token).toMatch(/^hf_[\w-]{43}$/)
    const stored = JSON.stringify([
      await catalog.db.apiToken.findMany(),
      await listTokens({ ctx, input: { limit: 9 } }),
    ])
    expect(stored).not.toContain(token)
    const audit = await catalog.db.auditEvent.findMany({ where: { subjectId: id } })
    expect(JSON.stringify(audit.map((event) => event.detail))).not.toContain(token)
    expect(await authenticateToken({ ctx, input: { token } })).toMatchObject({ type: 'token', name: 'ci', id })
  })

  it('stops working when it expires or is revoked', async () => {
    const short = await createToken({ ctx, input: { name: 'short', role: 'viewer', expiresInDays: 1 } })
    const lasting = await createToken({ ctx, input: { name: 'lasting', role: 'viewer', expiresInDays: null } })
    clock.advance(86_400_000)
    expect([await works(short.token), await works(lasting.token)]).toEqual([false, true])
    await revokeToken({ ctx, input: { id: lasting.id } })
    expect(await works(lasting.token)).toBe(false)
  })

  it('known beforehand has at least 32 characters (security 14)', async () => {
    const register = (length: number) =>
      registerKnownToken({ ctx, input: { token: 'x'.repeat(length), name: 'HOLDFAST_SHORT' } })
    await expect(register(31)).rejects.toMatchObject({
      code: 'token-too-short',
      remedy: expect.stringContaining('openssl rand -base64 32'),
    })
    expect(await works('x'.repeat(31))).toBe(false)
    await register(32)
    expect(await works('x'.repeat(32))).toBe(true)
  })

  it('known beforehand is taken at every start, replaced by a new value, and stays revoked once revoked', async () => {
    const register = (token: string) => registerKnownToken({ ctx, input: { token, name: 'HOLDFAST_API_TOKEN' } })
    const [first, second] = ['first-token-known-beforehand-32-chars', 'second-token-known-beforehand-32-chars']
    await register(first)
    await register(first)
    expect(await authenticateToken({ ctx, input: { token: first } })).toMatchObject({ role: 'admin' })
    await register(second)
    expect([await works(first), await works(second)]).toEqual([false, true])
    const row = await catalog.db.apiToken.findFirstOrThrow({ where: { name: 'HOLDFAST_API_TOKEN', revokedAt: null } })
    await revokeToken({ ctx, input: { id: row.id } })
    await register(second)
    expect(await works(second)).toBe(false)
  })
})
