import type { AuditVerification } from '@/lib/contracts/audit'
import { verifyAuditLog } from '@/lib/services/audit/verify-audit-log'
import { time } from './print'
import { usageError, type Verb } from './verb'

/** `audit verify`: reads the whole log and names the first event that is not as it was written. */
export const audit: Verb = async (ctx, [action]) => {
  if (action !== 'verify') throw usageError('Use: audit verify')
  const found = await verifyAuditLog({ ctx })
  return { json: found, text: describe(found), ok: found.ok }
}

function describe(found: AuditVerification): string {
  const { anchors, head } = found
  const before = found.beforeChain > 0 ? [`${found.beforeChain} events are from before the chain.`] : []
  const compared =
    anchors.compared > 0
      ? `Compared with ${anchors.compared} ends of the log in signed evidence, the newest of ${time(anchors.newest)}.`
      : 'There is no signed evidence yet to compare the end of the log with.'
  if (found.fault) return [`BROKEN: ${found.fault.message}`, `${found.verified} events before it are right.`].join('\n')
  return [
    `The audit log is whole: ${found.verified} events, each as it was written.`,
    ...before,
    compared,
    `It ends at event ${head.lastId} with ${head.hash}. Kept elsewhere, this shows later that nothing up to it was changed.`,
  ].join('\n')
}
