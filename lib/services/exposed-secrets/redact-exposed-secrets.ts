import type { RedactedSecrets } from '@/lib/contracts/exposed-secrets'
import { maskExposed } from '@/lib/core/secrets/exposed-secret'
import { toJson } from '@/lib/db/to-json'
import type { Tx } from '@/lib/db/client'
import { auditDigest } from '../audit/audit-digest'
import { recordAudit } from '../audit/record-audit'
import { redactAction, Redactions, redactionStatement } from '../audit/redactions'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { ownSigningKeys } from '../signature/signing-keys'
import { requireStepUp } from '../step-up/require-step-up'
import { exposedAuditEvents } from './exposed-audit-events'
import { blankRecord, exposedRecords } from './exposed-records'

/** Events of one transaction, which must not last: each is an event more of the log. */
const batchSize = 20

/**
 * Blanks readable passwords in the audit log and in other records. Each redacted event gets an event of its own that holds
 * the digest of what was there, so that the chain is still followed; see docs/audit.md. Settings in use stay as they are.
 * Throws `step-up-needed`. A run that was cut short is completed by the next one.
 */
export async function redactExposedSecrets({ ctx }: { ctx: ServiceContext }): Promise<RedactedSecrets> {
  permit(ctx.actor, 'admin')
  await requireStepUp(ctx)
  const events = await exposedAuditEvents(ctx.db)
  for (let from = 0; from < events.length; from += batchSize) {
    await ctx.db.$transaction(async (tx) => {
      for (const event of events.slice(from, from + batchSize)) await redactEvent(ctx, tx, event)
    })
  }
  let records = 0
  for await (const found of exposedRecords(ctx.db)) {
    await ctx.db.$transaction(async (tx) => {
      await blankRecord(tx, found)
      const { table, column, id } = found
      const event = { action: 'secrets.redact-record', subjectType: table, subjectId: id, detail: { column } }
      await recordAudit(tx, ctx.actor, event)
    })
    records += 1
  }
  return { auditEvents: events.length, records }
}

async function redactEvent(
  ctx: ServiceContext,
  tx: Tx,
  { id, fields }: { id: bigint; fields: string[] },
): Promise<void> {
  const row = await tx.auditEvent.findUniqueOrThrow({ where: { id } })
  const now = { ...row, actor: maskExposed(row.actor), detail: maskExposed(row.detail) }
  const digest = auditDigest(row)
  const statement = {
    event: id.toString(),
    digestBefore: (await earlierRedactions(ctx, tx, id)).digestBefore(id, digest) ?? digest,
    digestAfter: auditDigest(now),
  }
  // The event that records it comes first: the trigger allows no redaction without one.
  await recordAudit(tx, ctx.actor, {
    action: redactAction,
    subjectType: 'audit',
    subjectId: id.toString(),
    detail: { ...statement, fields, signature: await ctx.vault.signEvidence(redactionStatement(statement)) },
  })
  await tx.auditEvent.updateMany({ where: { id }, data: { actor: toJson(now.actor), detail: toJson(now.detail) } })
}

/** Of an event that was redacted before: its hash is over what was written first. */
async function earlierRedactions(ctx: ServiceContext, tx: Tx, id: bigint): Promise<Redactions> {
  const redactions = new Redactions(await ownSigningKeys(tx, ctx.vault))
  const rows = await tx.auditEvent.findMany({ where: { action: redactAction, subjectId: id.toString() } })
  for (const row of rows) redactions.add(row)
  return redactions
}
