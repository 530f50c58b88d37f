import { roleSchema, roles } from '@/lib/contracts/common'
import type { UpdateUser, User } from '@/lib/contracts/people/people'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { toUser } from '@/lib/db/catalog/user'
import type { UserModel } from '@/lib/db/generated/models/User'
import type { Tx } from '@/lib/db/client'
import { confirmChange } from '../approval/confirm-change'
import { guardChange } from '../approval/guard-change'
import { guardGrantOfAdmin } from '../approval/guard-grant-of-admin'
import { fieldChanges, secretChange } from '../audit/field-changes'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { readOperations } from '../operations/read-operations'
import { permit } from '../permit'
import { forgetAccount } from '../session/count-attempt'
import { revokeSessions } from '../session/revoke-sessions'
import { lockAdministrators } from './lock-administrators'
import { hashPassword } from './password'

/**
 * Changes a user. A new password or disabling ends their sessions; a new role counts from the next request on.
 * Throws `last-administrator` when nobody would be left to configure, `step-up-needed` where it takes power away, and
 * what `guardChange` throws where it hands out power: a password set for someone else, or the role admin.
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
    const was = before.role === 'admin' && before.disabledAt === null
    const willBe = (columns.role ?? before.role) === 'admin' && !(disabled ?? before.disabledAt !== null)
    if (was && !willBe) await keepEnoughAdministrators(tx, id)
    if (willBe && !was) await guardGrantOfAdmin(ctx, tx, { email: before.email, by: 'role' })
    if (takesAway(before, { role: columns.role, disabled })) {
      await confirmChange(ctx, tx, {
        action: 'user.disable',
        subjectType: 'user',
        subjectId: id,
        summary: disabled ? `${before.email} is disabled` : `${before.email} is no ${before.role} any more`,
      })
    }
    if (passwordHash !== undefined) {
      if (before.passwordHash === null) throw noPassword(before.email)
      await guardChange(ctx, tx, {
        action: 'user.reset-credentials',
        subjectType: 'user',
        subjectId: id,
        summary: `Set a new password for ${before.email}`,
        input: { password: 'set' },
      })
    }
    const disabledAt = disabled === undefined ? undefined : disabled ? (before.disabledAt ?? now) : null
    const unlocked = passwordHash || disabled === false ? { failedSignIns: 0, lockedUntil: null } : {}
    const after = await tx.user.update({ where: { id }, data: { ...columns, passwordHash, disabledAt, ...unlocked } })
    if (passwordHash || disabled === false) await forgetAccount(tx, before.email)
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
        changes: {
          ...fieldChanges(shown(before), shown(after)),
          ...secretChange('password', before.passwordHash, after.passwordHash),
        },
      },
    })
    return after
  })
  return toUser(row)
}

/** Whether someone is disabled or gets a lesser role: shutting the others out is the first thing a thief does. */
function takesAway(before: UserModel, patch: Pick<UpdateUser, 'role' | 'disabled'>): boolean {
  if (patch.disabled === true && before.disabledAt === null) return true
  return patch.role !== undefined && roles.indexOf(patch.role) < roles.indexOf(roleSchema.parse(before.role))
}

/** One to configure, and with four eyes another to agree. Throws `last-administrator`. */
async function keepEnoughAdministrators(tx: Tx, leaving: string): Promise<void> {
  const others = await tx.user.count({ where: { role: 'admin', disabledAt: null, id: { not: leaving } } })
  if (others === 0) {
    throw new HoldfastError('last-administrator', 'This is the only administrator.', {
      remedy: 'Make someone else an administrator first.',
    })
  }
  if (others === 1 && (await readOperations(tx)).access.fourEyes) {
    throw new HoldfastError('last-administrator', 'Four eyes need two administrators, and this is one of the two.', {
      remedy: 'Make someone else an administrator first, or turn four eyes off.',
    })
  }
}

const noPassword = (email: string) =>
  new HoldfastError('no-password', `${email} signs in through the identity provider and has no password here.`)

const shown = ({ name, role, disabledAt }: UserModel) => ({ name, role, disabled: disabledAt !== null })
