import type { ConfirmRecoveryKit, RecoveryKitState } from '@/lib/contracts/settings'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { checkWordHash } from '@/lib/vault/check-word'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { readRecoveryKey, recoveryKeySetting } from '../settings/read-recovery-key'
import { readRecoveryKit } from './get-recovery-kit'

/**
 * Records that the kit was stored: a person who can type its check word has it at hand. Confirming again changes nothing.
 * Throws `recovery-kit-missing`, `recovery-kit-without-word`, `check-word-wrong`.
 */
export async function confirmRecoveryKit({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: ConfirmRecoveryKit
}): Promise<RecoveryKitState> {
  permit(ctx.actor, 'admin')
  return ctx.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT key FROM setting WHERE key = ${recoveryKeySetting} FOR UPDATE`
    const key = await readRecoveryKey(tx)
    if (!key) throw new HoldfastError('recovery-kit-missing', 'There is no recovery kit yet.', { remedy: 'Make one.' })
    if (!key.checkSha256) {
      throw new HoldfastError(
        'recovery-kit-without-word',
        'This kit is of an earlier version and prints no check word.',
        {
          remedy: 'Replace it: the new kit opens the backups there are as well.',
        },
      )
    }
    if (checkWordHash(input.checkWord, key.recipient) !== key.checkSha256) {
      throw new HoldfastError('check-word-wrong', 'This is not the check word of the present kit.', {
        remedy: 'It stands near the beginning of the file. When a kit was made twice, only the last one counts.',
      })
    }
    if (!key.confirmedAt) {
      const value = { ...key, confirmedAt: ctx.clock.now().toISOString() }
      await tx.setting.update({ where: { key: recoveryKeySetting }, data: { value } })
      await recordAudit(tx, ctx.actor, {
        action: 'recovery-kit.confirm',
        subjectType: 'setting',
        subjectId: recoveryKeySetting,
        detail: { recipient: key.recipient },
      })
    }
    return readRecoveryKit(tx)
  })
}
