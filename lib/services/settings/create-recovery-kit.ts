import type { RecoveryKit } from '@/lib/contracts/settings'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { checkWordHash } from '@/lib/vault/check-word'
import { makeRecoveryKit } from '@/lib/vault/recovery-kit'
import { guardChange } from '../approval/guard-change'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { instanceId } from '../instance/instance-settings'
import { startRewrap } from '../recovery-kit/start-rewrap'
import { readRecoveryKey, recoveryKeySetting, type StoredRecoveryKey } from './read-recovery-key'

/**
 * Creates the recovery key. Its private half exists only in the answer; the catalog keeps the public half and a hash of the
 * check word. A job wraps existing backups for it immediately. Throws `recovery-key-exists` unless `replace`: the old kit
 * still opens what it opened before.
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
  const kit = await makeRecoveryKit({
    instanceId: await instanceId(ctx.db),
    createdAt,
    signingKey: ctx.vault.evidencePublicKey,
  })
  const value = {
    recipient: kit.recipient,
    createdAt: createdAt.toISOString(),
    checkSha256: checkWordHash(kit.checkWord, kit.recipient),
  } satisfies StoredRecoveryKey
  await ctx.db.$transaction(async (tx) => {
    const before = await readRecoveryKey(tx)
    if (before && !input.replace) throw exists()
    await guardChange(ctx, tx, {
      action: 'recovery-kit.create',
      subjectType: 'setting',
      subjectId: recoveryKeySetting,
      summary: before ? 'Replace the recovery kit' : 'Make the recovery kit, which opens every backup',
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
  await startRewrap(ctx)
  return { recipient: kit.recipient, fileName: kit.fileName, text: kit.text }
}

function exists(): HoldfastError {
  return new HoldfastError('recovery-key-exists', 'There is a recovery key already.', {
    remedy: 'Keep the stored kit, or replace it: the new one opens the backups there are as well.',
  })
}
