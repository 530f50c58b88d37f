import type { Setup, User } from '@/lib/contracts/people/people'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { toUser } from '@/lib/db/catalog/user'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { lockAdministrators } from './lock-administrators'
import { hashPassword } from './password'

/**
 * Makes the first administrator of a new instance, and none after: throws `setup-done` when any user exists. Two at once:
 * one succeeds. Who may ask is the caller's to know: the set-up code, or the environment of the start.
 */
export async function createFirstAdministrator({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext, 'db'>
  input: Omit<Setup, 'code'>
}): Promise<User> {
  await refuseWhenSetUp({ ctx })
  const passwordHash = await hashPassword(input.password)
  return ctx.db.$transaction(async (tx) => {
    await lockAdministrators(tx)
    if ((await tx.user.count()) > 0) throw alreadySetUp()
    const name = input.name || (input.email.split('@')[0] ?? input.email)
    const row = await tx.user.create({ data: { email: input.email, name, role: 'admin', passwordHash } })
    await recordAudit(
      tx,
      { type: 'user', id: row.id, email: row.email, role: 'admin' },
      { action: 'setup.first-administrator', subjectType: 'user', subjectId: row.id, detail: { email: row.email } },
    )
    return toUser(row)
  })
}

/** Throws `setup-done` once any user exists. */
export async function refuseWhenSetUp({ ctx }: { ctx: Pick<ServiceContext, 'db'> }): Promise<void> {
  if (await isSetUp({ ctx })) throw alreadySetUp()
}

/** True once any user exists. */
export async function isSetUp({ ctx }: { ctx: Pick<ServiceContext, 'db'> }): Promise<boolean> {
  return (await ctx.db.user.findFirst({ select: { id: true } })) !== null
}

function alreadySetUp(): HoldfastError {
  return new HoldfastError('setup-done', 'This instance already has an administrator.', {
    remedy: 'Sign in, or ask an administrator for an account.',
  })
}
