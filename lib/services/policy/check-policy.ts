import type { CreatePolicy } from '@/lib/contracts/policy'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Tx } from '@/lib/db/client'
import { checkKind } from '../schedule/check-kind'
import { checkReferences } from '../schedule/check-references'
import { checkTiming } from '../schedule/check-timing'

/** Throws `cron-invalid`, `time-zone-unknown`, `jitter-too-long` or `invalid-input` at the field that is wrong. */
export async function checkPolicy(tx: Tx, policy: CreatePolicy, now: Date): Promise<void> {
  checkTiming({ cron: policy.cron, timeZone: policy.timeZone, jitterSeconds: policy.options.jitterSeconds }, now)
  await checkReferences(tx, {
    destinationIds: policy.destinationIds,
    retentionPolicyId: policy.retentionPolicyId,
  })
  const sourceIds = [...new Set(policy.sourceIds)]
  const known = await tx.source.count({ where: { id: { in: sourceIds }, deletedAt: null } })
  if (known === sourceIds.length)
    return checkKind(tx, { action: policy.action, sourceIds, method: policy.options.method })
  const message = 'One of these sources does not exist.'
  throw new HoldfastError('invalid-input', message, { facts: { errors: [{ path: 'sourceIds', message }] } })
}
