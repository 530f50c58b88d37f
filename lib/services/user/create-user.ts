import type { CreateUser, User } from '@/lib/contracts/people/people'
import { toUser } from '@/lib/db/catalog/user'
import { guardGrantOfAdmin } from '../approval/guard-grant-of-admin'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { withUniqueName } from '../with-unique-name'
import { hashPassword } from './password'

/** Makes a user who can sign in at once. Throws `name-taken` at `email`. */
export async function createUser({ ctx, input }: { ctx: ServiceContext; input: CreateUser }): Promise<User> {
  permit(ctx.actor, 'admin')
  const { password, ...person } = input
  const passwordHash = await hashPassword(password)
  const write = () =>
    ctx.db.$transaction(async (tx) => {
      if (person.role === 'admin') await guardGrantOfAdmin(ctx, tx, { email: person.email, by: 'account' })
      const created = await tx.user.create({ data: { ...person, passwordHash } })
      await recordAudit(tx, ctx.actor, {
        action: 'user.create',
        subjectType: 'user',
        subjectId: created.id,
        detail: { email: person.email, role: person.role },
      })
      return created
    })
  return toUser(await withUniqueName('user', input.email, write, 'email'))
}
