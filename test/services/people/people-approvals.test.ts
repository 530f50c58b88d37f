import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { decideApproval } from '@/lib/services/approval/decide-approval'
import { listApprovals } from '@/lib/services/approval/list-approvals'
import { approvalLastsMs } from '@/lib/services/approval/require-approval'
import type { ServiceContext } from '@/lib/services/context'
import { deleteDestination } from '@/lib/services/destination/delete-destination'
import { createInvitation } from '@/lib/services/invitation/create-invitation'
import { readOperations } from '@/lib/services/operations/read-operations'
import { updateOperations } from '@/lib/services/operations/update-operations'
import { authenticateToken } from '@/lib/services/token/authenticate-token'
import { createToken } from '@/lib/services/token/create-token'
import { registerKnownToken } from '@/lib/services/token/register-known-token'
import { updateUser } from '@/lib/services/user/update-user'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { person, showAgain, type Person } from '../../helpers/catalog/people'
import { testClock, testContext, type TestClock } from '../../helpers/catalog/service-context'

let catalog: FreshCatalog
let clock: TestClock
/** The command line, which sets things up and is asked for nothing. */
let root: ServiceContext
let asker: Person
let other: Person
beforeAll(async () => {
  catalog = await freshCatalog()
  clock = testClock()
  root = testContext(catalog.db, { clock, actor: { type: 'cli', user: 'root', role: 'admin' } })
  asker = await person(root)
  other = await person(root)
  await updateOperations({ ctx: root, input: { access: { fourEyes: true } } })
})
beforeEach(async () => {
  await showAgain(asker)
  await showAgain(other)
})
afterAll(() => catalog.drop())

const destination = () =>
  catalog.db.destination.create({ data: { name: randomUUID(), kind: 'local', config: { path: '/tmp' } } })
const remove = (of: { ctx: ServiceContext }, id: string) => deleteDestination({ ctx: of.ctx, input: { id } })
/** Asks for something and answers the id of the request. */
async function ask(run: () => Promise<unknown>): Promise<string> {
  const refusal = await run().then(
    () => null,
    (error: unknown) => error,
  )
  expect(refusal).toMatchObject({ code: 'approval-needed' })
  const { facts } = refusal as { facts: { approvalId: string } }
  return facts.approvalId
}
const decide = (by: Person, id: string, decision: 'approved' | 'refused' = 'approved') =>
  decideApproval({ ctx: by.ctx, input: { id, decision } })

describe('four eyes', () => {
  it('let nothing happen until another administrator agreed, and then once (security 22)', async () => {
    const { id } = await destination()
    const approval = await ask(() => remove(asker, id))
    expect(await ask(() => remove(asker, id))).toBe(approval)
    expect((await catalog.db.destination.findUniqueOrThrow({ where: { id } })).deletedAt).toBeNull()
    expect(await decide(other, approval)).toMatchObject({ state: 'approved', decidedBy: other.email })
    await remove(asker, id)
    expect((await catalog.db.destination.findUniqueOrThrow({ where: { id } })).deletedAt).not.toBeNull()
    // The same thing asked for anew needs to be agreed to anew.
    await catalog.db.destination.update({ where: { id }, data: { deletedAt: null } })
    expect(await ask(() => remove(asker, id))).not.toBe(approval)
  })

  it('are never one person’s own', async () => {
    const { id } = await destination()
    const approval = await ask(() => remove(asker, id))
    await expect(decide(asker, approval)).rejects.toMatchObject({ code: 'approval-own' })
    // Nor does the approver's agreement let the approver do it.
    await decide(other, approval)
    await ask(() => remove(other, id))
  })

  it('see one thing only: an approval is no good for another subject', async () => {
    const [one, two] = [await destination(), await destination()]
    await decide(other, await ask(() => remove(asker, one.id)))
    await ask(() => remove(asker, two.id))
    await remove(asker, one.id)
  })

  it('see what exactly is asked for: an approval is no good for another input', async () => {
    const change = (label: string) => updateOperations({ ctx: asker.ctx, input: { oidc: { label } } })
    await decide(other, await ask(() => change('one')))
    await ask(() => change('two'))
    await change('one')
    expect((await readOperations(catalog.db)).oidc.label).toBe('one')
  })

  it('are used up by one of many who come at the same moment', async () => {
    const change = () => updateOperations({ ctx: asker.ctx, input: { oidc: { label: 'at once' } } })
    await decide(other, await ask(change))
    const results = await Promise.allSettled([change(), change(), change()])
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  })

  it('are kept for when the change itself fails', async () => {
    const { id } = await destination()
    await decide(other, await ask(() => remove(asker, id)))
    const schedule = await catalog.db.schedule.create({
      data: {
        source: { create: { name: randomUUID(), engine: 'postgres', connection: {}, options: {} } },
        action: 'backup',
        cron: '0 0 * * *',
        timeZone: 'UTC',
        destinationIds: [id],
        options: {},
        evaluatedUntil: clock.now(),
      },
    })
    await expect(remove(asker, id)).rejects.toMatchObject({ code: 'in-use' })
    await catalog.db.schedule.delete({ where: { id: schedule.id } })
    await remove(asker, id)
  })

  it('refuse, and what was refused has to be asked for again', async () => {
    const { id } = await destination()
    const approval = await ask(() => remove(asker, id))
    expect(await decide(other, approval, 'refused')).toMatchObject({ state: 'refused' })
    await expect(decide(other, approval)).rejects.toMatchObject({ code: 'approval-decided' })
    expect(await ask(() => remove(asker, id))).not.toBe(approval)
  })

  it('close after a day, agreed to or not', async () => {
    const [one, two] = [await destination(), await destination()]
    const agreed = await ask(() => remove(asker, one.id))
    const waiting = await ask(() => remove(asker, two.id))
    await decide(other, agreed)
    clock.advance(approvalLastsMs)
    await showAgain(asker)
    await showAgain(other)
    await expect(decide(other, waiting)).rejects.toMatchObject({ code: 'approval-expired' })
    expect(await ask(() => remove(asker, one.id))).not.toBe(agreed)
  })

  it('are asked for after the step-up, and agreeing needs one too', async () => {
    clock.advance(11 * 60_000)
    const { id } = await destination()
    await expect(remove(asker, id)).rejects.toMatchObject({ code: 'step-up-needed' })
    await showAgain(asker)
    const approval = await ask(() => remove(asker, id))
    await expect(decide(other, approval)).rejects.toMatchObject({ code: 'step-up-needed' })
    await expect(decide(other, approval, 'refused')).resolves.toMatchObject({ state: 'refused' })
  })

  /** A token with the administrator's role, as a request with it comes in. */
  const robot = async (by: ServiceContext, name: string = randomUUID()) => {
    const { token, id } = await createToken({ ctx: by, input: { name, role: 'operator', expiresInDays: 1 } })
    await catalog.db.apiToken.update({ where: { id }, data: { role: 'admin' } })
    return { id, token, ctx: { ...root, actor: (await authenticateToken({ ctx: root, input: { token } })) ?? nobody } }
  }
  const nobody = { type: 'cli' as const, user: 'nobody', role: 'admin' as const }

  it('are asked of a token too, and the one who made it cannot agree (security 22)', async () => {
    const token = await robot(asker.ctx)
    const { id } = await destination()
    const approval = await ask(() => remove(token, id))
    await expect(decide(asker, approval)).rejects.toMatchObject({ code: 'approval-own' })
    await expect(
      decideApproval({ ctx: token.ctx, input: { id: approval, decision: 'approved' } }),
    ).rejects.toMatchObject({ code: 'needs-person' })
    const seen = await listApprovals({ ctx: asker.ctx, input: { limit: 1 } })
    expect(seen.items).toMatchObject([{ id: approval, own: true }])
    await decide(other, approval)
    await remove(token, id)
  })

  it('see the person behind a token made by a token, whatever the tokens are called (security 22)', async () => {
    const child = await robot((await robot(asker.ctx, other.email)).ctx, other.email)
    const { id } = await destination()
    const approval = await ask(() => remove(child, id))
    await expect(decide(asker, approval)).rejects.toMatchObject({ code: 'approval-own' })
    await decide(other, approval)
    await remove(child, id)
  })

  it('are persons, not names: of two with the same name the other decides, and a new name changes nothing', async () => {
    const rename = (of: Person, name: string) => updateUser({ ctx: root, input: { id: of.id, patch: { name } } })
    await rename(asker, 'Sam')
    await rename(other, 'Sam')
    const { id } = await destination()
    const approval = await ask(() => remove(asker, id))
    await rename(asker, 'Somebody else')
    await expect(decide(asker, approval)).rejects.toMatchObject({ code: 'approval-own' })
    await decide(other, approval)
    await remove(asker, id)
  })

  it('are refused to a token behind which stands nobody: the one who agreed could be the one who uses it (security 22)', async () => {
    const { id } = await destination()
    for (const token of [await robot(root), await robot((await robot(root)).ctx)]) {
      await expect(remove(token, id)).rejects.toMatchObject({ code: 'token-without-person' })
      // A request from before this rule can be agreed to by nobody.
      const row = await catalog.db.approval.create({
        data: {
          action: 'destination.delete',
          subjectType: 'destination',
          subjectId: id,
          summary: 'old',
          input: {},
          requestedBy: { type: 'token', id: token.id, name: other.email, role: 'admin' },
          requestedAt: clock.now(),
          expiresAt: new Date(clock.now().getTime() + approvalLastsMs),
        },
      })
      await expect(decide(other, row.id)).rejects.toMatchObject({ code: 'token-without-person' })
    }
    expect((await catalog.db.destination.findUniqueOrThrow({ where: { id } })).deletedAt).toBeNull()
  })

  it('name the tokens they will refuse when they are turned on (security 22)', async () => {
    const fresh = await freshCatalog()
    try {
      const ctx = testContext(fresh.db, { clock, actor: { type: 'cli', user: 'root', role: 'admin' } })
      const one = await person(ctx)
      await person(ctx)
      const known = { token: 'a-token-known-beforehand-of-32-characters', name: 'HOLDFAST_API_TOKEN' }
      await registerKnownToken({ ctx, input: known })
      await createToken({ ctx: one.ctx, input: { name: 'a person’s', role: 'viewer', expiresInDays: 1 } })
      await updateOperations({ ctx, input: { access: { fourEyes: true } } })
      const news = await fresh.db.alert.findFirstOrThrow({
        where: { event: 'guarded-change' },
        orderBy: { id: 'desc' },
      })
      expect(news.body).toContain('refused what needs two from now on: "HOLDFAST_API_TOKEN".')
    } finally {
      await fresh.drop()
    }
  })

  it('watch over the ways around them: new administrators, and turning them off', async () => {
    const invite = () =>
      createInvitation({
        ctx: asker.ctx,
        input: {
          email: `${randomUUID()}@example.com`,
          name: '',
          role: 'admin',
          origin: 'https://h.example.com',
          mailOrigin: null,
        },
      })
    await ask(invite)
    const viewer = await person(root, 'viewer')
    await ask(() => updateUser({ ctx: asker.ctx, input: { id: viewer.id, patch: { role: 'admin' } } }))
    await ask(() => updateUser({ ctx: asker.ctx, input: { id: other.id, patch: { password: 'a new password!' } } }))
    await ask(() => updateOperations({ ctx: asker.ctx, input: { access: { fourEyes: false } } }))
    expect((await readOperations(catalog.db)).access.fourEyes).toBe(true)
    await expect(
      updateUser({ ctx: asker.ctx, input: { id: other.id, patch: { disabled: true } } }),
    ).rejects.toMatchObject({ code: 'last-administrator' })
  })

  it('need two administrators to begin with', async () => {
    const fresh = await freshCatalog()
    try {
      const ctx = testContext(fresh.db, { clock, actor: { type: 'cli', user: 'root', role: 'admin' } })
      await person(ctx)
      const turnOn = updateOperations({ ctx, input: { access: { fourEyes: true } } })
      await expect(turnOn).rejects.toMatchObject({ code: 'needs-two-administrators' })
    } finally {
      await fresh.drop()
    }
  })

  it('show an administrator everything, and others what they asked for themselves', async () => {
    const all = await listApprovals({ ctx: other.ctx, input: { limit: 100 } })
    expect(all.items.length).toBeGreaterThan(5)
    expect(all.items.some((item) => !item.own)).toBe(true)
    const operator = await person(root, 'operator')
    expect(await listApprovals({ ctx: operator.ctx, input: { limit: 100 } })).toMatchObject({ items: [] })
  })
})
