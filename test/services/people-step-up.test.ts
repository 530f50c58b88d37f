import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ServiceContext } from '@/lib/services/context'
import { deleteDestination } from '@/lib/services/destination/delete-destination'
import { updateOperations } from '@/lib/services/operations/update-operations'
import { lockoutMs } from '@/lib/services/session/limits'
import { createRecoveryKit } from '@/lib/services/settings/create-recovery-kit'
import { deleteSource } from '@/lib/services/source/delete-source'
import { stepUpLastsMs } from '@/lib/services/step-up/require-step-up'
import { stepUp } from '@/lib/services/step-up/step-up'
import { createUser } from '@/lib/services/user/create-user'
import { updateUser } from '@/lib/services/user/update-user'
import { freshCatalog, type FreshCatalog } from '../helpers/catalog'
import { password, person, session, showAgain } from '../helpers/people'
import { testClock, testContext, type TestClock } from '../helpers/service-context'

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
      'single sign-on',
      (of: ServiceContext) => updateOperations({ ctx: of, input: { oidc: { defaultRole: 'admin' } } }),
    ],
  ])('covers %s', async (_, run) => {
    const who = await person(ctx)
    await expect(run(who.ctx)).rejects.toMatchObject({ code: 'step-up-needed' })
    await showAgain(who)
    await run(who.ctx)
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

  it('is for people alone', async () => {
    await expect(stepUp({ ctx, input: { password } })).rejects.toMatchObject({ code: 'needs-person' })
  })
})
