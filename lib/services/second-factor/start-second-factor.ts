import { toString as qrCode } from 'qrcode'
import type { SecondFactorStart } from '@/lib/contracts/people/access'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { requirePerson } from '../person'
import { requireStepUp } from '../step-up/require-step-up'
import { newTotpSecret, totpContext, totpUri } from './totp'

/**
 * Makes the secret of a second factor for the person who asks. It counts once it was confirmed with a code; asked for
 * again before that, it is another one. Needs step-up: otherwise a stolen session could make itself a factor of its own.
 * Throws `second-factor-exists`.
 */
export async function startSecondFactor({ ctx }: { ctx: ServiceContext }): Promise<SecondFactorStart> {
  const { id } = requirePerson(ctx.actor)
  const user = found(await ctx.db.user.findUnique({ where: { id } }), 'user')
  if (user.totpConfirmedAt) throw exists()
  await requireStepUp(ctx)
  const secret = newTotpSecret()
  const stored = await ctx.db.user.updateMany({
    where: { id, totpConfirmedAt: null },
    data: { totpSealed: await ctx.vault.seal(secret, totpContext(id)), totpLastStep: null },
  })
  if (stored.count === 0) throw exists()
  const uri = totpUri(secret, user.email)
  return { secret, uri, qrSvg: await qrCode(uri, { type: 'svg', margin: 2 }) }
}

function exists(): HoldfastError {
  return new HoldfastError('second-factor-exists', 'You have a second factor already.', {
    remedy: 'To replace it, remove it first.',
  })
}
