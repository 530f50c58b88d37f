import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServiceContext } from '@/lib/services/context'
import { confirmSecondFactor } from '@/lib/services/second-factor/confirm-second-factor'
import { removeSecondFactor, resetSecondFactor } from '@/lib/services/second-factor/remove-second-factor'
import { renewRecoveryCodes } from '@/lib/services/second-factor/renew-recovery-codes'
import { startSecondFactor } from '@/lib/services/second-factor/start-second-factor'
import { lockoutMs } from '@/lib/services/session/limits'
import { readSession } from '@/lib/services/session/read-session'
import { signIn } from '@/lib/services/session/sign-in'
import { stepUp } from '@/lib/services/step-up/step-up'
import { getMe } from '@/lib/services/user/get-me'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { codeAt, password, person, session, showAgain, type Person } from '../../helpers/catalog/people'
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

const nextCode = (secret: string) => {
  clock.advance(30_000)
  return codeAt(secret, clock)
}

/** Someone whose second factor is on. */
async function withSecondFactor(): Promise<Person & { secret: string; recoveryCodes: string[] }> {
  const who = await person(ctx)
  await showAgain(who)
  const { secret } = await startSecondFactor({ ctx: who.ctx })
  const { recoveryCodes } = await confirmSecondFactor({ ctx: who.ctx, input: { code: nextCode(secret) } })
  return { ...who, secret, recoveryCodes }
}

describe('setting up a second factor', () => {
  it('needs the password again, so that a stolen session cannot make itself one', async () => {
    const who = await person(ctx)
    await expect(startSecondFactor({ ctx: who.ctx })).rejects.toMatchObject({
      code: 'step-up-needed',
      facts: { methods: ['password'] },
    })
    await showAgain(who)
    const begun = await startSecondFactor({ ctx: who.ctx })
    expect(begun.uri).toMatch(/^otpauth:\/\/totp\/Holdfast:/)
    expect(begun.uri).toContain(`secret=${begun.secret}`)
    expect(begun.qrSvg).toMatch(/^<svg/)
  })

  it('counts only once a code was right; until then the password alone signs in', async () => {
    const who = await person(ctx)
    await showAgain(who)
    const { secret } = await startSecondFactor({ ctx: who.ctx })
    const wrong = codeAt(secret, { now: () => new Date(clock.now().getTime() + 3_600_000) })
    await expect(confirmSecondFactor({ ctx: who.ctx, input: { code: wrong } })).rejects.toMatchObject({
      code: 'second-factor-wrong',
    })
    await expect(session(ctx, who.email)).resolves.toHaveProperty('sessionId')
    await confirmSecondFactor({ ctx: who.ctx, input: { code: nextCode(secret) } })
    await expect(session(ctx, who.email)).rejects.toMatchObject({ code: 'second-factor-needed' })
  })

  it('ends the other sessions, and stores neither the secret nor a recovery code to read (security 6)', async () => {
    const who = await person(ctx)
    const other = await session(ctx, who.email)
    await showAgain(who)
    const { secret } = await startSecondFactor({ ctx: who.ctx })
    const { recoveryCodes } = await confirmSecondFactor({ ctx: who.ctx, input: { code: nextCode(secret) } })
    expect(await readSession({ ctx, input: other })).toBeNull()
    expect(await readSession({ ctx, input: who })).not.toBeNull()
    expect(new Set(recoveryCodes).size).toBe(10)
    const stored = JSON.stringify(
      [await catalog.db.user.findMany(), await catalog.db.auditEvent.findMany()],
      (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
    )
    for (const hidden of [secret, ...recoveryCodes]) expect(stored).not.toContain(hidden)
  })
})

describe('signing in with a second factor', () => {
  it('asks for the code after the right password alone, and then opens the session', async () => {
    const who = await withSecondFactor()
    const wrongPassword = signIn({
      ctx,
      input: { email: who.email, password: 'wrong', address: null, userAgent: null },
    })
    await expect(wrongPassword).rejects.toMatchObject({ code: 'sign-in-failed' })
    await expect(session(ctx, who.email)).rejects.toMatchObject({ code: 'second-factor-needed' })
    const open = await session(ctx, who.email, nextCode(who.secret))
    const row = await catalog.db.session.findUniqueOrThrow({ where: { id: open.sessionId } })
    expect(row).toMatchObject({ method: 'totp', stepUpAt: null, address: '192.0.2.7' })
  })

  it('takes a code once, however many send it at the same moment', async () => {
    const who = await withSecondFactor()
    const code = nextCode(who.secret)
    const results = await Promise.allSettled([1, 2, 3].map(() => session(ctx, who.email, code)))
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    await expect(session(ctx, who.email, code)).rejects.toMatchObject({ code: 'second-factor-wrong' })
  })

  it('takes a code of the step before, and none that is older', async () => {
    const who = await withSecondFactor()
    clock.advance(60_000)
    const slow = codeAt(who.secret, clock)
    clock.advance(30_000)
    await expect(session(ctx, who.email, slow)).resolves.toHaveProperty('sessionId')
    clock.advance(60_000)
    const old = codeAt(who.secret, clock)
    clock.advance(61_000)
    await expect(session(ctx, who.email, old)).rejects.toMatchObject({ code: 'second-factor-wrong' })
  })

  it('takes each recovery code once, in any spelling', async () => {
    const who = await withSecondFactor()
    const [first = '', second = ''] = who.recoveryCodes
    await expect(session(ctx, who.email, first.toLowerCase().replaceAll('-', ' '))).resolves.toBeDefined()
    await expect(session(ctx, who.email, first)).rejects.toMatchObject({ code: 'second-factor-wrong' })
    const results = await Promise.allSettled([1, 2].map(() => session(ctx, who.email, second)))
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    expect((await getMe({ ctx: who.ctx })).access).toMatchObject({ secondFactor: true, recoveryCodesLeft: 8 })
  })

  it('locks after five wrong codes, and asking for the code in between does not start the count afresh', async () => {
    const who = await withSecondFactor()
    const enter = (code?: string) =>
      signIn({ ctx, input: { email: who.email, password, code, address: '192.0.2.8', userAgent: null } })
    for (let n = 0; n < 5; n += 1) {
      await expect(enter()).rejects.toMatchObject({ code: 'second-factor-needed' })
      await expect(enter('000000')).rejects.toMatchObject({ code: 'second-factor-wrong' })
    }
    await expect(enter(nextCode(who.secret))).rejects.toMatchObject({ code: 'rate-limited' })
    // In another process, too.
    await expect(session(ctx, who.email, nextCode(who.secret))).rejects.toMatchObject({ code: 'rate-limited' })
    clock.advance(lockoutMs)
    await expect(session(ctx, who.email, nextCode(who.secret))).resolves.toHaveProperty('sessionId')
  })
})

describe('a second factor that is on', () => {
  it('shows again who someone is, and is taken off only after that', async () => {
    const who = await withSecondFactor()
    clock.advance(11 * 60_000)
    await expect(removeSecondFactor({ ctx: who.ctx })).rejects.toMatchObject({
      code: 'step-up-needed',
      facts: { methods: ['password', 'code'] },
    })
    await stepUp({ ctx: who.ctx, input: { code: nextCode(who.secret) } })
    await removeSecondFactor({ ctx: who.ctx })
    await expect(session(ctx, who.email)).resolves.toHaveProperty('sessionId')
    await expect(removeSecondFactor({ ctx: who.ctx })).rejects.toMatchObject({ code: 'second-factor-missing' })
  })

  it('gives new recovery codes in place of the old ones', async () => {
    const who = await withSecondFactor()
    const { recoveryCodes } = await renewRecoveryCodes({ ctx: who.ctx })
    expect(recoveryCodes).not.toEqual(who.recoveryCodes)
    await expect(session(ctx, who.email, who.recoveryCodes[0])).rejects.toMatchObject({ code: 'second-factor-wrong' })
    await expect(session(ctx, who.email, recoveryCodes[0])).resolves.toHaveProperty('sessionId')
  })

  it('is taken off by an administrator for someone who lost it, who is then signed out everywhere', async () => {
    const who = await withSecondFactor()
    const administrator = await person(ctx)
    const reset = () => resetSecondFactor({ ctx: administrator.ctx, input: { id: who.id } })
    await expect(reset()).rejects.toMatchObject({ code: 'step-up-needed' })
    await showAgain(administrator)
    await reset()
    expect(await readSession({ ctx, input: who })).toBeNull()
    await expect(session(ctx, who.email)).resolves.toHaveProperty('sessionId')
    const event = await catalog.db.auditEvent.findFirst({ where: { action: 'second-factor.reset', subjectId: who.id } })
    expect(event).toMatchObject({ actor: { email: administrator.email } })
  })

  it('cannot be opened by a secret moved from another account', async () => {
    const [a, b] = [await withSecondFactor(), await withSecondFactor()]
    const { totpSealed } = await catalog.db.user.findUniqueOrThrow({ where: { id: a.id } })
    await catalog.db.user.update({ where: { id: b.id }, data: { totpSealed } })
    await expect(session(ctx, b.email, nextCode(a.secret))).rejects.toMatchObject({ code: 'secret-unreadable' })
  })
})
