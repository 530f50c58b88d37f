import { z } from 'zod'
import { actorSchema, anonymousSchema, pageQuerySchema, timeSchema } from './common'

export const auditEventSchema = z.object({
  /** Its place in the chain: numbers have no gaps. */
  id: z.string(),
  at: timeSchema,
  actor: z.union([actorSchema, anonymousSchema]),
  action: z.string(),
  subjectType: z.string(),
  subjectId: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
  /** SHA-256 over the event before and this one; null in events from before the chain. */
  hash: z.string().nullable(),
})
export type AuditEvent = z.infer<typeof auditEventSchema>

export const auditActorTypes = ['user', 'token', 'worker', 'cli', 'anonymous'] as const

export const auditFilterSchema = z.object({
  action: z.string().max(100).optional().meta({ description: 'The action, or its beginning with a dot: `backup.`' }),
  actorType: z.enum(auditActorTypes).optional(),
  actor: z.string().max(254).optional().meta({ description: 'E-mail of a user, name or id of a token, a CLI user' }),
  subjectType: z.string().max(100).optional(),
  subjectId: z.string().max(100).optional(),
  from: timeSchema.optional(),
  to: timeSchema.optional().meta({ description: 'Not included' }),
})
export type AuditFilter = z.infer<typeof auditFilterSchema>
export const auditQuerySchema = pageQuerySchema.extend(auditFilterSchema.shape)

export const auditExportQuerySchema = auditFilterSchema.extend({
  format: z
    .enum(['jsonl', 'csv'])
    .default('jsonl')
    .meta({ description: 'JSON lines can be checked with `holdfast audit verify --file`; CSV is for a spreadsheet' }),
})

/** The end of the chain at some moment. It is recorded elsewhere, so that a truncated chain is detected. */
export const auditHeadSchema = z.object({
  lastId: z.number().int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
})
export type AuditHead = z.infer<typeof auditHeadSchema>

/** `changed`: not as it was sealed. `missing`: ids left out. `foreign`: a row that was not written through the chain. */
export const auditFaultSchema = z.object({
  kind: z.enum(['changed', 'missing', 'foreign', 'cut-short', 'replaced']),
  /** The first event concerned. */
  id: z.string(),
  message: z.string(),
})
export type AuditFault = z.infer<typeof auditFaultSchema>

/** `GET /api/v1/admin/audit/verify` */
export const auditVerificationSchema = z.object({
  ok: z.boolean(),
  /** Events of the chain that were read and found right, from its beginning. */
  verified: z.number().int(),
  /** Of these, those with a text blanked afterwards, each recorded by a signed event of its own. */
  redacted: z.number().int(),
  /** Events from before the chain: counted, their content is not covered. */
  beforeChain: z.number().int(),
  head: auditHeadSchema,
  /** Signed or stored elsewhere, and compared: how many, and the newest. */
  anchors: z.object({ compared: z.number().int(), newest: timeSchema.nullable() }),
  fault: auditFaultSchema.nullable(),
  checkedAt: timeSchema,
})
export type AuditVerification = z.infer<typeof auditVerificationSchema>
