import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServiceContext } from '@/lib/services/context'
import { deleteDestination } from '@/lib/services/destination/delete-destination'
import { updateDestination } from '@/lib/services/destination/update-destination'
import { updateOperations } from '@/lib/services/operations/update-operations'
import { createRetentionPolicy } from '@/lib/services/retention-policy/create-retention-policy'
import { updateRetentionPolicy } from '@/lib/services/retention-policy/update-retention-policy'
import { lockoutMs } from '@/lib/services/session/limits'
import { createRecoveryKit } from '@/lib/services/settings/create-recovery-kit'
import { deleteSource } from '@/lib/services/source/delete-source'
import { stepUpLastsMs } from '@/lib/services/step-up/require-step-up'
import { stepUp } from '@/lib/services/step-up/step-up'
import { changePassword } from '@/lib/services/user/change-password'
import { createUser } from '@/lib/services/user/create-user'
import { updateUser } from '@/lib/services/user/update-user'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { password, person, session, showAgain } from '../../helpers/catalog/people'
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

const destination = () =>
  catalog.db.destination.create({ data: { name: randomUUID(), kind: 'local', config: { path: '/tmp' } } })
const source = () =>
  catalog.db.source.create({ data: { name: randomUUID(), engine: 'postgres', connection: {}, options: {} } })

const policy = async (keepDays: number) => {
  const input = { name: randomUUID(), rules: { keepDays, minimum: 1 } }
  return (await createRetentionPolicy({ ctx, input })).id
}

describe('what cannot be undone', () => {
  it('needs the person to show again who they are, each session for itself, and for ten minutes (security 23)', async () => {
    const who = await person(ctx)
    const elsewhere = await session(ctx, who.email)
    const [one, two, three] = [await destination(), await destination(), await destination()]
    const remove = (of: { ctx: ServiceContext }, id: string) => deleteDestination({ ctx: of.ctx, input: { id } })

    await expect(remove(who, one.id)).rejects.toMatchObject({ code: 'step-up-needed' })
    await showAgain(who)
    await remove(who, one.id)
    await expect(remove(elsewhere, two.id)).rejects.toMatchObject({ code: 'step-up-needed' })
    clock.advance(stepUpLastsMs - 1000)
    await remove(who, two.id)
    clock.advance(1001)
    await expect(remove(who, three.id)).rejects.toMatchObject({ code: 'step-up-needed' })
    expect((await catalog.db.destination.findUniqueOrThrow({ where: { id: three.id } })).deletedAt).toBeNull()
  })

  it.each([
    ['deleting a source', async (of: ServiceContext) => deleteSource({ ctx: of, input: { id: (await source()).id } })],
    ['the recovery kit', (of: ServiceContext) => createRecoveryKit({ ctx: of, input: { replace: false } })],
    [
      'making an administrator',
      (of: ServiceContext) =>
        createUser({
          ctx: of,
          input: { email: `${randomUUID()}@example.com`, name: 'New', role: 'admin', password },
        }),
    ],
    [
      'a new password for someone else',
      async (of: ServiceContext) => updateUser({ ctx: of, input: { id: (await person(ctx)).id, patch: { password } } }),
    ],
    [
      'a shorter retention policy',
      async (of: ServiceContext) =>
        updateRetentionPolicy({
          ctx: of,
          input: { id: await policy(30), patch: { rules: { keepDays: 7, minimum: 1 } } },
        }),
    ],
    [
      'a shorter policy in the place of another',
      async (of: ServiceContext) => {
        const row = await catalog.db.destination.create({
          data: { name: randomUUID(), kind: 'local', config: { path: '/tmp' }, retentionPolicyId: await policy(30) },
        })
        return updateDestination({ ctx: of, input: { id: row.id, patch: { retentionPolicyId: await policy(7) } } })
      },
    ],
    [
      'less time in which a deletion can be undone',
      (of: ServiceContext) => updateOperations({ ctx: of, input: { retention: { graceDays: 1 } } }),
    ],
    [
      'single sign-on',
      (of: ServiceContext) => updateOperations({ ctx: of, input: { oidc: { defaultRole: 'admin' } } }),
    ],
  ])('covers %s', async (_, run) => {
    const who = await person(ctx)
    await expect(run(who.ctx)).rejects.toMatchObject({ code: 'step-up-needed' })
    await showAgain(who)
    await run(who.ctx)
  })

  it('is not what keeps longer', async () => {
    const who = await person(ctx)
    const id = await policy(7)
    await updateRetentionPolicy({ ctx: who.ctx, input: { id, patch: { rules: { keepDays: 30, minimum: 1 } } } })
    await updateOperations({ ctx: who.ctx, input: { retention: { graceDays: 30 } } })
  })

  it('is not asked of a token, which has nobody to ask', async () => {
    const { id } = await destination()
    await deleteDestination({ ctx, input: { id } })
  })
})

describe('showing again who one is', () => {
  it('fails with a wrong password, is recorded, and locks after five', async () => {
    const who = await person(ctx)
    const wrong = () => stepUp({ ctx: who.ctx, input: { password: 'wrong' } })
    for (let n = 0; n < 5; n += 1) {
      await expect(wrong()).rejects.toMatchObject({ code: 'step-up-failed', facts: { errors: [{ path: 'password' }] } })
    }
    await expect(showAgain(who)).rejects.toMatchObject({ code: 'rate-limited' })
    // The same failures lock the sign-in: a stolen session is no way to go on guessing.
    await expect(session(ctx, who.email)).rejects.toMatchObject({ code: 'rate-limited' })
    const failures = await catalog.db.auditEvent.findMany({ where: { action: 'session.step-up-failed' } })
    expect(failures).toHaveLength(5)
    clock.advance(lockoutMs + 1)
    await showAgain(who)
  })

  it('wrong current passwords of a change of password are recorded and lock the account as well (security 23)', async () => {
    const who = await person(ctx)
    const change = (currentPassword: string) =>
      changePassword({ ctx: who.ctx, input: { currentPassword, newPassword: 'another long password' } })
    for (let n = 0; n < 5; n += 1) {
      await expect(change('wrong')).rejects.toMatchObject({ facts: { errors: [{ path: 'currentPassword' }] } })
    }
    await expect(change(password)).rejects.toMatchObject({ code: 'rate-limited' })
    await expect(session(ctx, who.email)).rejects.toMatchObject({ code: 'rate-limited' })
    const where = { action: 'user.change-password-failed', subjectId: who.id }
    expect(await catalog.db.auditEvent.count({ where })).toBe(5)
  })

  it('wrong passwords there and here are counted together', async () => {
    const who = await person(ctx)
    const input = { currentPassword: 'wrong', newPassword: 'another long password' }
    for (let n = 0; n < 3; n += 1) await expect(changePassword({ ctx: who.ctx, input })).rejects.toThrow()
    for (let n = 0; n < 2; n += 1)
      await expect(stepUp({ ctx: who.ctx, input: { password: 'wrong' } })).rejects.toThrow()
    await expect(showAgain(who)).rejects.toMatchObject({ code: 'rate-limited' })
  })

  it('is for people alone', async () => {
    await expect(stepUp({ ctx, input: { password } })).rejects.toMatchObject({ code: 'needs-person' })
  })
})
