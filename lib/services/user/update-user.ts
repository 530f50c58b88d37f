import type { UpdateUser, User } from '@/lib/contracts/people'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { toUser } from '@/lib/db/catalog/user'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'
import { revokeSessions } from '../session/revoke-sessions'
import { lockAdministrators } from './lock-administrators'
import { hashPassword } from './password'

/**
 * Changes a user. A new password or disabling ends their sessions; a new role counts from the next request on.
 * Throws `last-administrator` when nobody would be left to configure.
 */
export async function updateUser({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; patch: UpdateUser }
}): Promise<User> {
  permit(ctx.actor, 'admin')
  const { id } = input
  const { password, disabled, ...columns } = input.patch
  const passwordHash = password === undefined ? undefined : await hashPassword(password)
  const row = await ctx.db.$transaction(async (tx) => {
    await lockAdministrators(tx)
    const before = found(await tx.user.findUnique({ where: { id } }), 'user')
    const now = ctx.clock.now()
    const loses = (columns.role !== undefined && columns.role !== 'admin') || disabled === true
    if (loses && before.role === 'admin' && before.disabledAt === null) {
      const others = await tx.user.count({ where: { role: 'admin', disabledAt: null, id: { not: id } } })
      if (others === 0) {
        throw new HoldfastError('last-administrator', 'This is the only administrator.', {
          remedy: 'Make someone else an administrator first.',
        })
      }
    }
    const disabledAt = disabled === undefined ? undefined : disabled ? (before.disabledAt ?? now) : null
    const unlocked = passwordHash || disabled === false ? { failedSignIns: 0, lockedUntil: null } : {}
    const after = await tx.user.update({ where: { id }, data: { ...columns, passwordHash, disabledAt, ...unlocked } })
    if (passwordHash || disabled) {
      const own = ctx.actor.type === 'user' && ctx.actor.id === id ? ctx.actor.sessionId : undefined
      await revokeSessions(tx, id, now, own)
    }
    await recordAudit(tx, ctx.actor, {
      action: 'user.update',
      subjectType: 'user',
      subjectId: id,
      detail: {
        email: before.email,
        changed: Object.keys(input.patch),
        role: after.role,
        disabled: after.disabledAt !== null,
      },
    })
    return after
  })
  return toUser(row)
}
