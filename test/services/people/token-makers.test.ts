import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Actor, Role } from '@/lib/contracts/common'
import type { ServiceContext } from '@/lib/services/context'
import { acceptInvitation } from '@/lib/services/invitation/accept-invitation'
import { createInvitation } from '@/lib/services/invitation/create-invitation'
import { authenticateToken } from '@/lib/services/token/authenticate-token'
import { createToken } from '@/lib/services/token/create-token'
import { listTokens } from '@/lib/services/token/list-tokens'
import { updateUser } from '@/lib/services/user/update-user'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { password, person, showAgain, type Person } from '../../helpers/catalog/people'
import { testContext } from '../../helpers/catalog/service-context'

let catalog: FreshCatalog
/** The command line: a maker who is no person. */
let root: ServiceContext
beforeAll(async () => {
  catalog = await freshCatalog()
  root = testContext(catalog.db, { actor: { type: 'cli', user: 'root', role: 'admin' } })
  await person(root)
})
afterAll(() => catalog.drop())

const make = (ctx: ServiceContext, role: Role = 'admin') =>
  createToken({ ctx, input: { name: randomUUID(), role, expiresInDays: 1 } })
const actorOf = (token: string) => authenticateToken({ ctx: root, input: { token } })
const roleOf = async (token: string) => (await actorOf(token))?.role ?? null
const change = (who: Person, patch: { role?: Role; disabled?: boolean }) =>
  updateUser({ ctx: root, input: { id: who.id, patch } })

/** An administrator, a token of theirs, and one that this token made. */
async function family() {
  const ann = await person(root)
  await showAgain(ann)
  const parent = await make(ann.ctx)
  const actor: Actor | null = await actorOf(parent.token)
  if (!actor) throw new Error('the token does not work')
  return { ann, parent, child: await make({ ...root, actor }) }
}

it('a token goes back to the person who made it, also through a token; one of the command line to nobody (security 22)', async () => {
  const { ann, parent, child } = await family()
  for (const { token, userId } of [parent, child]) {
    expect(userId).toBe(ann.id)
    expect(await actorOf(token)).toMatchObject({ userId: ann.id })
  }
  const known = await make(root)
  expect(known.userId).toBeNull()
  expect(await actorOf(known.token)).not.toHaveProperty('userId')
  const event = await catalog.db.auditEvent.findFirstOrThrow({ where: { subjectId: child.id } })
  expect(event.actor).toMatchObject({ type: 'token', id: parent.id, userId: ann.id })
})

it('ends with that person, at once and through tokens made by tokens, and is said to (security 22)', async () => {
  const { ann, parent, child } = await family()
  const shown = async () => {
    const { items } = await listTokens({ ctx: root, input: { limit: 200 } })
    return [parent, child].map(({ id }) => items.find((item) => item.id === id)?.roleNow)
  }
  expect([await roleOf(parent.token), await roleOf(child.token)]).toEqual(['admin', 'admin'])
  await change(ann, { role: 'operator' })
  expect([await roleOf(parent.token), await roleOf(child.token)]).toEqual(['operator', 'operator'])
  expect(await shown()).toEqual(['operator', 'operator'])
  await change(ann, { disabled: true })
  expect([await actorOf(parent.token), await actorOf(child.token)]).toEqual([null, null])
  expect(await shown()).toEqual([null, null])
  await catalog.db.user.delete({ where: { id: ann.id } })
  expect([await actorOf(parent.token), await actorOf(child.token)]).toEqual([null, null])
})

it('never has more than its own role, however high its maker rises', async () => {
  const ann = await person(root)
  await showAgain(ann)
  const { token } = await make(ann.ctx, 'viewer')
  expect(await roleOf(token)).toBe('viewer')
  await change(ann, { role: 'operator' })
  expect(await roleOf(token)).toBe('viewer')
})

it.each([
  ['disabled', { disabled: true }],
  ['no administrator any more', { role: 'operator' as const }],
])('an invitation ends with who made it: once they are %s nobody is let in (security 22)', async (_, patch) => {
  const { ann, parent } = await family()
  const byToken = { ...root, actor: (await actorOf(parent.token)) ?? ann.ctx.actor }
  const links = []
  for (const ctx of [ann.ctx, byToken]) {
    const input = {
      email: `${randomUUID()}@example.com`,
      name: '',
      role: 'admin' as const,
      origin: 'https://h.test',
      mailOrigin: null,
    }
    links.push((await createInvitation({ ctx, input })).link.split('#')[1] ?? '')
  }
  await change(ann, patch)
  for (const token of links) {
    const accept = acceptInvitation({ ctx: root, input: { token, name: '', password } })
    await expect(accept).rejects.toMatchObject({ code: 'invitation-ended' })
  }
})
