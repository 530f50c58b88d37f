import type { RecoveryCodes } from '@/lib/contracts/people/access'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { requirePerson } from '../person'
import { revokeSessions } from '../session/revoke-sessions'
import { newRecoveryCodes, recoveryCodeHash } from './recovery-codes'
import { totpContext, totpStep } from './totp'

/**
 * Turns the second factor on with a first code of it, and answers the recovery codes, this once. Other sessions of the
 * person end: they were opened without it. Throws `second-factor-wrong`, `second-factor-exists`, and
 * `second-factor-not-begun`.
 */
export async function confirmSecondFactor({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { code: string }
}): Promise<RecoveryCodes> {
  const { id, sessionId } = requirePerson(ctx.actor)
  const user = found(await ctx.db.user.findUnique({ where: { id } }), 'user')
  if (user.totpConfirmedAt) throw new HoldfastError('second-factor-exists', 'Your second factor is on already.')
  if (user.totpSealed === null) {
    throw new HoldfastError('second-factor-not-begun', 'There is no second factor to confirm.', {
      remedy: 'Start again and scan the new QR code.',
    })
  }
  const now = ctx.clock.now()
  const step = totpStep(await ctx.vault.unseal(user.totpSealed, totpContext(id)), input.code, now)
  if (step === null) {
    const message = 'This is not the code that the app shows now.'
    throw new HoldfastError('second-factor-wrong', message, {
      remedy: 'Enter the newest code; if it is refused again, check the clock of the phone.',
      facts: { errors: [{ path: 'code', message }] },
    })
  }
  const recoveryCodes = newRecoveryCodes()
  await ctx.db.$transaction(async (tx) => {
    const confirmed = await tx.user.updateMany({
      where: { id, totpConfirmedAt: null, totpSealed: user.totpSealed },
      data: { totpConfirmedAt: now, totpLastStep: step, recoveryCodes: recoveryCodes.map(recoveryCodeHash) },
    })
    if (confirmed.count === 0) throw new HoldfastError('conflict', 'The second factor was changed meanwhile.')
    const endedSessions = await revokeSessions(tx, id, now, sessionId)
    const event = { action: 'second-factor.enable', subjectType: 'user', subjectId: id }
    await recordAudit(tx, ctx.actor, { ...event, detail: { endedSessions } })
  })
  return { recoveryCodes }
}
