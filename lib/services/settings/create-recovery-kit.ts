import type { RecoveryKit } from '@/lib/contracts/settings'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { makeRecoveryKit } from '@/lib/vault/recovery-kit'
import { guardChange } from '../approval/guard-change'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { instanceId } from '../instance/instance-settings'
import { readRecoveryKey, recoveryKeySetting } from './read-recovery-key'

/**
 * Makes the recovery key. The answer is the only place where its private half ever is; the catalog keeps the public one.
 * Throws `recovery-key-exists` unless `replace`: backups taken before stay wrapped for the old key.
 */
export async function createRecoveryKit({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { replace: boolean }
}): Promise<RecoveryKit> {
  permit(ctx.actor, 'admin')
  const createdAt = ctx.clock.now()
  const kit = await makeRecoveryKit({ instanceId: await instanceId(ctx.db), createdAt })
  const value = { recipient: kit.recipient, createdAt: createdAt.toISOString() }
  await ctx.db.$transaction(async (tx) => {
    const before = await readRecoveryKey(tx)
    if (before && !input.replace) throw exists()
    await guardChange(ctx, tx, {
      action: 'recovery-kit.create',
      subjectType: 'setting',
      subjectId: recoveryKeySetting,
      summary: before ? 'Replace the recovery kit' : 'Make the recovery kit, which opens every backup from then on',
      input: { replace: before !== null },
    })
    if (before) {
      await tx.setting.update({ where: { key: recoveryKeySetting }, data: { value } })
    } else {
      const made = await tx.setting.createMany({ data: { key: recoveryKeySetting, value }, skipDuplicates: true })
      if (made.count === 0) throw exists()
    }
    await recordAudit(tx, ctx.actor, {
      action: before ? 'recovery-kit.replace' : 'recovery-kit.create',
      subjectType: 'setting',
      subjectId: recoveryKeySetting,
      detail: { recipient: kit.recipient, ...(before ? { replaced: before.recipient } : {}) },
    })
  })
  return { recipient: kit.recipient, fileName: kit.fileName, text: kit.text }
}

function exists(): HoldfastError {
  return new HoldfastError('recovery-key-exists', 'There is a recovery key already.', {
    remedy: 'Keep the stored kit, or replace it; backups taken before can then be opened only with the old kit.',
  })
}
