import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServiceContext } from '@/lib/services/context'
import { endSession } from '@/lib/services/session/end-session'
import { liftSignInLock } from '@/lib/services/session/lift-sign-in-lock'
import { failuresPerPlace, lockoutMs } from '@/lib/services/session/limits'
import { listSignInLocks } from '@/lib/services/session/list-sign-in-locks'
import { deviceLastsMs } from '@/lib/services/session/known-device'
import { signIn } from '@/lib/services/session/sign-in'
import { confirmSecondFactor } from '@/lib/services/second-factor/confirm-second-factor'
import { startSecondFactor } from '@/lib/services/second-factor/start-second-factor'
import { updateUser } from '@/lib/services/user/update-user'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { codeAt, password, person, showAgain } from '../../helpers/catalog/people'
import { as, testClock, testContext, type TestClock } from '../../helpers/catalog/service-context'

let catalog: FreshCatalog
let ctx: ServiceContext
let clock: TestClock
beforeAll(async () => {
  catalog = await freshCatalog()
  clock = testClock()
  ctx = testContext(catalog.db, { clock })
})
afterAll(() => catalog.drop())

let places = 0
/** An address that nothing was tried from yet. */
const place = () => `198.51.${Math.floor((places += 1) / 250)}.${places % 250}`

interface Try {
  password?: string
  code?: string
  device?: string
}
/** Tries to sign in; `waited` collects how long the answer was held back. */
const enter = (email: string, address: string, tried: Try = {}, waited: number[] = []) =>
  signIn({
    ctx,
    input: { email, password, address, userAgent: 'test', ...tried },
    wait: async (ms) => void waited.push(ms),
  })
const wrong = { password: 'a wrong guess' }
async function fail(email: string, address: string, times: number, tried: Try = wrong) {
  for (let n = 0; n < times; n += 1) {
    await expect(enter(email, address, tried)).rejects.toMatchObject({ code: 'sign-in-failed' })
  }
}

describe('failures', () => {
  it('lock an account for the address they came from, for 15 minutes, in every web process', async () => {
    const { email } = await person(ctx, 'viewer')
    const guesser = place()
    await fail(email, guesser, 5)
    await expect(enter(email, guesser)).rejects.toMatchObject({
      code: 'rate-limited',
      facts: { retryAfterMs: lockoutMs },
    })
    clock.advance(lockoutMs + 1)
    await expect(enter(email, guesser)).resolves.toHaveProperty('sessionId')
  })

  it('of strangers lock nobody out elsewhere, from however many addresses they come', async () => {
    const { email } = await person(ctx, 'viewer')
    for (let n = 0; n < 12; n += 1) await fail(email, place(), 5)
    await expect(enter(email, place())).resolves.toHaveProperty('sessionId')
  })

  it('from many addresses make strangers wait longer and longer, to a bound', async () => {
    const { email } = await person(ctx, 'viewer')
    const waited: number[] = []
    for (let n = 0; n < 14; n += 1) await enter(email, place(), wrong, waited).catch(() => undefined)
    expect(waited).toEqual([100, 200, 400, 800, 1_600, 3_000, 3_000, 3_000])
  })

  it('are counted for names without an account just the same, so that locking tells nothing', async () => {
    const guesser = place()
    await fail('ghost@example.com', guesser, 5)
    await expect(enter('ghost@example.com', guesser)).rejects.toMatchObject({ code: 'rate-limited' })
  })

  it('of many at the same moment: no more than five are checked', async () => {
    const { email } = await person(ctx, 'viewer')
    const guesser = place()
    const guesses = await Promise.allSettled(Array.from({ length: 12 }, () => enter(email, guesser, wrong)))
    const codes = guesses.map((guess) => (guess.status === 'rejected' ? String(guess.reason.code) : 'in'))
    expect(codes.filter((code) => code === 'sign-in-failed')).toHaveLength(5)
    expect(codes.filter((code) => code === 'rate-limited')).toHaveLength(7)
  })

  it('stop one client that tries many people, of IPv6 the whole network, and let others in', async () => {
    const { email } = await person(ctx, 'viewer')
    for (let n = 0; n < failuresPerPlace; n += 1) await fail(`${randomUUID()}@example.com`, `2001:db8:7:7::${n + 1}`, 1)
    await expect(enter(email, '2001:db8:7:7::ffff')).rejects.toMatchObject({ code: 'rate-limited' })
    await expect(enter(email, '2001:db8:7:8::1')).resolves.toHaveProperty('sessionId')
  })

  it('are forgotten with a right password, and leave nothing behind once they are over', async () => {
    const { email } = await person(ctx, 'viewer')
    const home = place()
    await fail(email, home, 4)
    await enter(email, home)
    await fail(email, home, 4)
    await enter(email, home)
    clock.advance(lockoutMs + 1)
    await fail('somebody@example.com', home, 1)
    expect(await catalog.db.signInAttempt.count({ where: { until: { lte: clock.now() } } })).toBe(0)
  })
})

describe('a browser that signed in before', () => {
  it('gets in where strangers have locked account and address', async () => {
    const { email } = await person(ctx, 'viewer')
    const office = place()
    const { device } = await enter(email, office)
    await fail(email, office, 5)
    for (let n = 0; n < failuresPerPlace; n += 1) {
      await enter(`${randomUUID()}@example.com`, office, wrong).catch(() => undefined)
    }
    await expect(enter(email, office)).rejects.toMatchObject({ code: 'rate-limited' })
    const waited: number[] = []
    await expect(enter(email, office, { device }, waited)).resolves.toMatchObject({ device })
    expect(waited).toEqual([])
  })

  it('has five guesses, then it is a stranger too', async () => {
    const { email } = await person(ctx, 'viewer')
    const [home, away] = [place(), place()]
    const { device } = await enter(email, home)
    await fail(email, away, 10, { ...wrong, device })
    await expect(enter(email, away, { device })).rejects.toMatchObject({ code: 'rate-limited' })
  })

  it('is known for the account that signed in with it alone, by a value of which only a hash is kept', async () => {
    const [one, other] = [await person(ctx, 'viewer'), await person(ctx, 'viewer')]
    const home = place()
    const { device } = await enter(one.email, home)
    expect(JSON.stringify(await catalog.db.knownDevice.findMany())).not.toContain(device)
    await fail(other.email, home, 5)
    await expect(enter(other.email, home, { device })).rejects.toMatchObject({ code: 'rate-limited' })
    // Both use this browser: it keeps its one value.
    clock.advance(lockoutMs + 1)
    await expect(enter(other.email, home, { device })).resolves.toMatchObject({ device })
  })

  it('gets a value made by Holdfast, not one that somebody planted there', async () => {
    const { email } = await person(ctx, 'viewer')
    const planted = `hfd_${'x'.repeat(43)}`
    expect((await enter(email, place(), { device: planted })).device).not.toBe(planted)
  })

  it('is a stranger again once its session was ended, the password was set anew, or it was away for half a year', async () => {
    const { email, id } = await person(ctx, 'viewer')
    const home = place()
    const refused = async (device: string) => {
      const away = place()
      await fail(email, away, 5)
      await expect(enter(email, away, { device })).rejects.toMatchObject({ code: 'rate-limited' })
    }
    const first = await enter(email, home)
    await endSession({ ctx, input: { id: first.sessionId } })
    await refused(first.device)
    const second = await enter(email, home)
    await updateUser({ ctx, input: { id, patch: { password } } })
    await refused(second.device)
    const third = await enter(email, home)
    clock.advance(deviceLastsMs)
    await refused(third.device)
  })
})

describe('the second factor', () => {
  async function withSecondFactor() {
    const who = await person(ctx, 'viewer')
    await showAgain(who)
    const { secret } = await startSecondFactor({ ctx: who.ctx })
    await confirmSecondFactor({ ctx: who.ctx, input: { code: codeAt(secret, clock) } })
    clock.advance(30_000)
    return { ...who, secret }
  }

  it('gets in past a lock, together with the password', async () => {
    const who = await withSecondFactor()
    const home = place()
    await fail(who.email, home, 5)
    await expect(enter(who.email, home)).rejects.toMatchObject({ code: 'rate-limited' })
    await expect(enter(who.email, home, { code: codeAt(who.secret, clock) })).resolves.toHaveProperty('sessionId')
  })

  it('is no way to guess on past a lock: five codes from everywhere, and the password is not looked at', async () => {
    const who = await withSecondFactor()
    const home = place()
    await fail(who.email, home, 5)
    for (let n = 0; n < 5; n += 1) {
      await expect(enter(who.email, home, { code: '000000' })).rejects.toMatchObject({ code: 'rate-limited' })
    }
    const right = { code: codeAt(who.secret, clock) }
    await expect(enter(who.email, home, right)).rejects.toMatchObject({ code: 'rate-limited' })
  })
})

describe('administrators', () => {
  it('see the locks, lift them, and that is written down; others see nothing', async () => {
    const { email } = await person(ctx, 'viewer')
    const home = place()
    await fail(email, home, 5)
    const mine = async () => (await listSignInLocks({ ctx })).items.filter((lock) => lock.email === email)
    const [lock] = await mine()
    expect(lock).toMatchObject({ kind: 'account-at-address', address: home, failures: 5 })
    await liftSignInLock({ ctx, input: { id: lock?.id ?? '' } })
    expect(await mine()).toEqual([])
    await expect(enter(email, home)).resolves.toHaveProperty('sessionId')
    const [event] = await catalog.db.auditEvent.findMany({ where: { action: 'session.lift-lock' } })
    expect(event).toMatchObject({ subjectId: lock?.id, detail: { email, address: home } })
    await expect(liftSignInLock({ ctx, input: { id: lock?.id ?? '' } })).rejects.toMatchObject({ code: 'not-found' })
    const viewer = as(ctx, 'viewer')
    await expect(listSignInLocks({ ctx: viewer })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(liftSignInLock({ ctx: viewer, input: { id: randomUUID() } })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})
