import type { RecoveryCodes } from '@/lib/contracts/people/access'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { requirePerson } from '../person'
import { requireStepUp } from '../step-up/require-step-up'
import { newRecoveryCodes, recoveryCodeHash } from './recovery-codes'

/** New recovery codes in place of those that are left. Needs step-up. Throws `second-factor-missing`. */
export async function renewRecoveryCodes({ ctx }: { ctx: ServiceContext }): Promise<RecoveryCodes> {
  const { id } = requirePerson(ctx.actor)
  await requireStepUp(ctx)
  const recoveryCodes = newRecoveryCodes()
  await ctx.db.$transaction(async (tx) => {
    const renewed = await tx.user.updateMany({
      where: { id, totpConfirmedAt: { not: null } },
      data: { recoveryCodes: recoveryCodes.map(recoveryCodeHash) },
    })
    if (renewed.count === 0) throw noSecondFactor()
    await recordAudit(tx, ctx.actor, {
      action: 'second-factor.renew-recovery-codes',
      subjectType: 'user',
      subjectId: id,
    })
  })
  return { recoveryCodes }
}

/** There is nothing to renew or to remove. */
export function noSecondFactor(): HoldfastError {
  return new HoldfastError('second-factor-missing', 'There is no second factor.', { remedy: 'Set one up first.' })
}
