import { z } from 'zod'
import { idSchema } from './common'

/** Passwords stored in readable form, because they were pasted with a connection before that was refused. */
export const exposedSecretsSchema = z.object({
  /** Settings in use: their owner has to enter host, user and password in separate fields. */
  settings: z.array(
    z.object({
      subjectType: z.enum(['source', 'destination', 'channel']),
      subjectId: idSchema,
      name: z.string(),
      fields: z.array(z.string()),
    }),
  ),
  /** Numbers of events of the audit log, the newest 100. */
  auditEvents: z.array(z.string()),
  auditCount: z.number().int(),
  /** Alerts, deliveries, jobs, backups, restores and results of tests. */
  recordCount: z.number().int(),
})
export type ExposedSecrets = z.infer<typeof exposedSecretsSchema>

/** What was blanked. Settings stay as they are. */
export const redactedSecretsSchema = z.object({ auditEvents: z.number().int(), records: z.number().int() })
export type RedactedSecrets = z.infer<typeof redactedSecretsSchema>
