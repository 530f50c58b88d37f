import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createChannelSchema } from '@/lib/contracts/alerting/alert'
import { createChannel } from '@/lib/services/channel/create-channel'
import { deleteChannel } from '@/lib/services/channel/delete-channel'
import type { ServiceContext } from '@/lib/services/context'
import { acceptInvitation } from '@/lib/services/invitation/accept-invitation'
import { createInvitation } from '@/lib/services/invitation/create-invitation'
import { createPasswordLink } from '@/lib/services/invitation/create-password-link'
import { listInvitations } from '@/lib/services/invitation/list-invitations'
import { lookUpInvitation } from '@/lib/services/invitation/look-up-invitation'
import { invitationLastsMs } from '@/lib/services/invitation/make-invitation'
import { revokeInvitation } from '@/lib/services/invitation/revoke-invitation'
import { endOtherSessions, endOwnSession, endSession } from '@/lib/services/session/end-session'
import { listOwnSessions, listSessions } from '@/lib/services/session/list-sessions'
import { readSession } from '@/lib/services/session/read-session'
import { signIn } from '@/lib/services/session/sign-in'
import { freshCatalog, type FreshCatalog } from '../../helpers/catalog/catalog'
import { person, session, showAgain } from '../../helpers/catalog/people'
import { testClock, testContext, type TestClock } from '../../helpers/catalog/service-context'
import { startSmtp } from '../../helpers/servers/smtp'

let catalog: FreshCatalog
let ctx: ServiceContext
let clock: TestClock
beforeAll(async () => {
  catalog = await freshCatalog()
  clock = testClock()
  ctx = testContext(catalog.db, { clock })
})
afterAll(() => catalog.drop())

const origin = 'https://holdfast.example.com'
const invite = (email = `${randomUUID()}@example.com`, mailOrigin: string | null = origin) =>
  createInvitation({ ctx, input: { email, name: 'Nadia', role: 'operator', origin, mailOrigin } })
const tokenOf = ({ link }: { link: string }) => link.split('#')[1] ?? ''
const accept = (token: string, password = 'chosen by herself') =>
  acceptInvitation({ ctx, input: { token, name: '', password } })
const enter = (email: string, password: string) =>
  signIn({ ctx, input: { email, password, address: null, userAgent: null } })

describe('an invitation', () => {
  it('is a link shown once, of which only a hash is kept, and makes an account with the role given', async () => {
    const made = await invite()
    const token = tokenOf(made)
    expect(made.link).toBe(`${origin}/invitation#${token}`)
    expect(made.mail).toBe('no-channel')
    const stored = JSON.stringify(
      [await catalog.db.invitation.findMany(), await catalog.db.auditEvent.findMany()],
      (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
    )
    expect(stored).not.toContain(token)
    expect(await lookUpInvitation({ ctx, input: { token } })).toMatchObject({
      email: made.email,
      purpose: 'account',
      role: 'operator',
    })
    expect(await accept(token)).toMatchObject({ email: made.email, name: 'Nadia', role: 'operator' })
    await expect(enter(made.email, 'chosen by herself')).resolves.toHaveProperty('sessionId')
    const { items } = await listInvitations({ ctx, input: { limit: 1 } })
    expect(items[0]).toMatchObject({ state: 'accepted', email: made.email })
  })

  it('works once, however many follow it at the same moment', async () => {
    const token = tokenOf(await invite())
    const results = await Promise.allSettled([1, 2, 3].map(() => accept(token)))
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    await expect(accept(token)).rejects.toMatchObject({ code: 'invitation-ended' })
  })

  it('ends after seven days, when revoked, and with a newer one for the same person; each is refused alike', async () => {
    const [late, revoked] = [await invite(), await invite()]
    await revokeInvitation({ ctx, input: { id: revoked.id } })
    const older = await invite()
    const newer = await invite(older.email)
    const refusals = []
    for (const token of [tokenOf(revoked), tokenOf(older), 'hfi_never-issued-never-issued']) {
      refusals.push(await accept(token).catch((error: unknown) => error))
    }
    await accept(tokenOf(newer))
    clock.advance(invitationLastsMs)
    refusals.push(await lookUpInvitation({ ctx, input: { token: tokenOf(late) } }).catch((error: unknown) => error))
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'invitation-ended' })
    expect(new Set(refusals.map(String)).size).toBe(1)
  })

  it('is not made for an account that exists, and does not take one over that came to be meanwhile', async () => {
    const who = await person(ctx, 'viewer')
    await expect(invite(who.email)).rejects.toMatchObject({
      code: 'name-taken',
      facts: { errors: [{ path: 'email' }] },
    })
    const made = await invite()
    await catalog.db.user.create({ data: { email: made.email, name: 'Came first', role: 'viewer' } })
    await expect(accept(tokenOf(made))).rejects.toMatchObject({ code: 'name-taken' })
    const row = await catalog.db.user.findUniqueOrThrow({ where: { email: made.email } })
    expect(row).toMatchObject({ name: 'Came first', passwordHash: null })
    expect(await lookUpInvitation({ ctx, input: { token: tokenOf(made) } })).toMatchObject({ email: made.email })
  })

  it('is mailed to the invited person alone, through the first e-mail channel', async () => {
    await using smtp = await startSmtp()
    const config = {
      host: '127.0.0.1',
      port: smtp.port,
      security: 'none',
      from: 'holdfast@example.com',
      to: ['ops@example.com'],
    }
    const channel = await createChannel({
      ctx,
      input: createChannelSchema.parse({ name: 'Ops', kind: 'email', config }),
    })
    const made = await invite()
    expect(made.mail).toBe('sent')
    expect(smtp.messages).toHaveLength(1)
    expect(smtp.messages[0]?.to).toEqual([made.email])
    expect(smtp.messages[0]?.text.replaceAll('=\r\n', '').replaceAll('=3D', '=')).toContain(made.link)
    // What a request calls us never gets into a mail: only the address that was set does.
    const unset = await invite(undefined, null)
    expect(unset.mail).toBe('no-address')
    const other = await invite(undefined, 'https://public.example.org')
    expect(smtp.messages).toHaveLength(2)
    const mailed = smtp.messages[1]?.text.replaceAll('=\r\n', '').replaceAll('=3D', '=')
    expect(mailed).toContain(`https://public.example.org/invitation#${tokenOf(other)}`)
    expect(mailed).not.toContain(origin)
    await smtp.close()
    expect((await invite()).mail).toBe('failed')
    await deleteChannel({ ctx, input: { id: channel.id } })
  })
})

describe('a link for a new password', () => {
  it('needs the administrator to show again who they are, sets it once, and ends the sessions', async () => {
    const [administrator, who] = [await person(ctx), await person(ctx, 'viewer')]
    const make = () =>
      createPasswordLink({ ctx: administrator.ctx, input: { userId: who.id, origin, mailOrigin: null } })
    await expect(make()).rejects.toMatchObject({ code: 'step-up-needed' })
    await showAgain(administrator)
    const made = await make()
    expect(await lookUpInvitation({ ctx, input: { token: tokenOf(made) } })).toMatchObject({
      email: who.email,
      purpose: 'password',
    })
    const results = await Promise.allSettled([1, 2, 3].map(() => accept(tokenOf(made), 'the new password')))
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    expect(await readSession({ ctx, input: who })).toBeNull()
    await expect(enter(who.email, 'the new password')).resolves.toHaveProperty('sessionId')
    await expect(accept(tokenOf(made), 'once more a new one')).rejects.toMatchObject({ code: 'invitation-ended' })
  })

  it('does nothing for someone who was disabled meanwhile', async () => {
    const who = await person(ctx, 'viewer')
    const made = await createPasswordLink({ ctx, input: { userId: who.id, origin, mailOrigin: null } })
    await catalog.db.user.update({ where: { id: who.id }, data: { disabledAt: clock.now() } })
    await expect(accept(tokenOf(made))).rejects.toMatchObject({ code: 'invitation-ended' })
  })
})

describe('the list of sessions', () => {
  it('shows the own ones with device, address and method, and which one this is', async () => {
    const who = await person(ctx, 'viewer')
    const second = await session(ctx, who.email)
    const { items } = await listOwnSessions({ ctx: who.ctx, input: { limit: 50 } })
    expect(items.map((item) => [item.id, item.current])).toEqual([
      [second.sessionId, false],
      [who.sessionId, true],
    ])
    expect(items[0]).toMatchObject({
      address: '192.0.2.7',
      method: 'password',
      userAgent: expect.stringContaining('Firefox'),
    })
  })

  it('ends one of them, or all others, and never another person’s', async () => {
    const [who, other] = [await person(ctx, 'viewer'), await person(ctx, 'viewer')]
    const [second, third] = [await session(ctx, who.email), await session(ctx, who.email)]
    const alive = async (id: string) => (await readSession({ ctx, input: { sessionId: id } })) !== null
    await endOwnSession({ ctx: who.ctx, input: { id: second.sessionId } })
    expect([await alive(second.sessionId), await alive(third.sessionId)]).toEqual([false, true])
    await expect(endOwnSession({ ctx: who.ctx, input: { id: other.sessionId } })).rejects.toMatchObject({
      code: 'not-found',
    })
    expect(await endOtherSessions({ ctx: who.ctx })).toEqual({ ended: 1 })
    expect([await alive(third.sessionId), await alive(who.sessionId)]).toEqual([false, true])
    expect(await alive(other.sessionId)).toBe(true)
  })

  it('of everybody is an administrator’s, who can end any', async () => {
    const [administrator, who] = [await person(ctx), await person(ctx, 'viewer')]
    await expect(listSessions({ ctx: who.ctx, input: { limit: 10 } })).rejects.toMatchObject({ code: 'forbidden' })
    const { items } = await listSessions({ ctx: administrator.ctx, input: { limit: 10, userId: who.id } })
    expect(items.map((item) => item.id)).toEqual([who.sessionId])
    await endSession({ ctx: administrator.ctx, input: { id: who.sessionId } })
    expect(await readSession({ ctx, input: who })).toBeNull()
  })
})
