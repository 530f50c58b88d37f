import type { AuditVerification } from '@/lib/contracts/audit'
import { verifyAuditLog } from '@/lib/services/audit/verify-audit-log'
import { findExposedSecrets } from '@/lib/services/exposed-secrets/find-exposed-secrets'
import { redactExposedSecrets } from '@/lib/services/exposed-secrets/redact-exposed-secrets'
import type { ExposedSecrets } from '@/lib/contracts/exposed-secrets'
import { time } from './print'
import { usageError, type Verb } from './verb'

/**
 * `audit verify`: reads the whole log and names the first event that is not as it was written. `audit secrets`: where
 * pasted passwords are stored in readable form. `audit redact`: blanks them in the log and other records.
 */
export const audit: Verb = async (ctx, [action]) => {
  if (action === 'secrets') {
    const found = await findExposedSecrets({ ctx })
    return {
      json: found,
      text: placesOf(found),
      ok: found.settings.length + found.auditCount + found.recordCount === 0,
    }
  }
  if (action === 'redact') {
    const done = await redactExposedSecrets({ ctx })
    const text = `Blanked in ${done.auditEvents} events of the audit log and ${done.records} other records. Change those passwords all the same: exports and backups of the catalog from before still hold them.`
    return { json: done, text, ok: true }
  }
  if (action !== 'verify') throw usageError('Use: audit verify, audit secrets, or audit redact')
  const found = await verifyAuditLog({ ctx })
  return { json: found, text: describe(found), ok: found.ok }
}

function placesOf({ settings, auditEvents, auditCount, recordCount }: ExposedSecrets): string {
  if (settings.length + auditCount + recordCount === 0) return 'No password stands readable where none should be.'
  return [
    'Passwords pasted with a connection are stored in readable form. Change them, and:',
    ...settings.map(({ subjectType, name, fields }) => `  edit the ${subjectType} "${name}" (${fields.join(', ')})`),
    ...(auditCount > 0 ? [`  ${auditCount} events of the audit log hold one: ${auditEvents.join(', ')}`] : []),
    ...(recordCount > 0 ? [`  ${recordCount} other records hold one`] : []),
    ...(auditCount + recordCount > 0 ? ['  blank them with: npm run holdfast -- audit redact'] : []),
  ].join('\n')
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
    ...(found.redacted > 0
      ? [`${found.redacted} of them were redacted afterwards, each recorded by a signed event of the log.`]
      : []),
    ...before,
    compared,
    `It ends at event ${head.lastId} with ${head.hash}. Kept elsewhere, this shows later that nothing up to it was changed.`,
  ].join('\n')
}
