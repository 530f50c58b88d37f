import { roleSchema } from '@/lib/contracts/common'
import type { UserModel } from '@/lib/db/generated/models/User'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { recoveryCodeHash } from './recovery-codes'
import { totpContext, totpStep } from './totp'

/**
 * Whether a code is one of the user's second factor: of the app, or a recovery code. Either works once, however many ask
 * at the same moment. False for a user without a confirmed second factor.
 */
export async function checkCode(
  ctx: Pick<ServiceContext, 'db' | 'clock' | 'vault'>,
  user: UserModel,
  code: string,
): Promise<boolean> {
  if (user.totpSealed === null || user.totpConfirmedAt === null) return false
  const step = totpStep(await ctx.vault.unseal(user.totpSealed, totpContext(user.id)), code, ctx.clock.now())
  if (step === null) return takeRecoveryCode(ctx, user, code)
  const taken = await ctx.db.user.updateMany({
    where: {
      id: user.id,
      totpSealed: user.totpSealed,
      OR: [{ totpLastStep: null }, { totpLastStep: { lt: step } }],
    },
    data: { totpLastStep: step },
  })
  return taken.count === 1
}

async function takeRecoveryCode(ctx: Pick<ServiceContext, 'db'>, user: UserModel, code: string): Promise<boolean> {
  const hash = recoveryCodeHash(code)
  return ctx.db.$transaction(async (tx) => {
    const taken = await tx.$executeRaw`
      UPDATE app_user SET recovery_codes = array_remove(recovery_codes, ${hash})
      WHERE id = ${user.id}::uuid AND ${hash} = ANY (recovery_codes)`
    if (taken === 0) return false
    const { recoveryCodes } = await tx.user.findUniqueOrThrow({ where: { id: user.id } })
    const actor = { type: 'user' as const, id: user.id, email: user.email, role: roleSchema.parse(user.role) }
    await recordAudit(tx, actor, {
      action: 'second-factor.recovery-code-used',
      subjectType: 'user',
      subjectId: user.id,
      detail: { left: recoveryCodes.length },
    })
    return true
  })
}
