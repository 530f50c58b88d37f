import type { RunContext } from '@/lib/ports/run-context'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { rewrapAll } from '../recovery-kit/rewrap-all'
import { writeLists } from '../signature/write-lists'
import { readRotation, storeRotation } from './rotation-state'

/**
 * The second half: the key of every copy and every log is wrapped for the new master key, and the signed lists record the new signing key.
 * `forgetOldKey` is called once nothing needs the old key any more. Resumes where it was interrupted.
 */
export async function finishRotation(
  ctx: ServiceContext,
  run: RunContext,
  forgetOldKey: () => Promise<void>,
): Promise<{ wrapped: number; left: number; troubles: string[] }> {
  permit(ctx.actor, 'admin')
  const outcome = await rewrapAll(ctx, run)
  const lists = await ctx.db.signedList.findMany({ select: { sourceId: true, destinationId: true } })
  for (const { sourceId, destinationId } of lists) {
    await writeLists(ctx, { sourceId, destinationIds: [destinationId] }, run)
  }
  if (outcome.left > 0) return outcome
  await forgetOldKey()
  await ctx.db.$transaction(async (tx) => {
    const state = await readRotation(tx)
    if (!state?.from) return
    await storeRotation(tx, { keyId: state.keyId })
    await recordAudit(tx, ctx.actor, {
      action: 'master-key.rotated',
      subjectType: 'setting',
      subjectId: 'master-key',
      detail: { from: state.from, to: state.keyId },
    })
  })
  return outcome
}
