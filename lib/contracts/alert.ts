import { z } from 'zod'
import { failureSchema, idSchema, timeSchema } from './common'

export const alertEvents = [
  'backup-failed',
  'backup-partial',
  'backup-slow',
  'backup-missed',
  'backup-anomaly',
  'restore-test-failed',
  'restore-test-overdue',
  'exposure-over-objective',
  'restore-over-objective',
  'copies-missing',
  'copy-damaged',
  'retention-paused',
  'deletion-planned',
  'destination-unreachable',
  'destination-nearly-full',
  'destination-over-budget',
  'unknown-objects',
  'certificate-expiring',
  'key-expiring',
  'worker-silent',
  'channel-failed',
] as const
export const alertEventSchema = z.enum(alertEvents)
export type AlertEvent = z.infer<typeof alertEventSchema>

export const emailConfigSchema = z.object({
  host: z.string().min(1),
  port: z.number().int().min(1).max(65535).default(587),
  /** `starttls` demands the upgrade; `tls` speaks TLS from the first byte; `none` sends in the clear. */
  security: z.enum(['starttls', 'tls', 'none']).default('starttls'),
  user: z.string().optional(),
  from: z.string().min(3),
  to: z.array(z.string().min(3)).min(1),
})
export const webhookConfigSchema = z.object({
  url: z.url({ protocol: /^https?$/ }),
  /** `json`: our alert as it is. `slack`: the text payload that Slack-compatible receivers take. */
  format: z.enum(['json', 'slack']).default('json'),
})
export type EmailConfig = z.infer<typeof emailConfigSchema>
export type WebhookConfig = z.infer<typeof webhookConfigSchema>

export const createChannelSchema = z.discriminatedUnion('kind', [
  z.object({
    name: z.string().trim().min(1).max(100),
    kind: z.literal('email'),
    enabled: z.boolean().default(true),
    config: emailConfigSchema.extend({ password: z.string().optional() }),
  }),
  z.object({
    name: z.string().trim().min(1).max(100),
    kind: z.literal('webhook'),
    enabled: z.boolean().default(true),
    config: webhookConfigSchema.extend({ secret: z.string().optional() }),
  }),
])
export type CreateChannel = z.infer<typeof createChannelSchema>
export const updateChannelSchema = z.object({
  name: z.string().trim().min(1).max(100).optional(),
  enabled: z.boolean().optional(),
  config: z.record(z.string(), z.unknown()).optional(),
})
export type UpdateChannel = z.infer<typeof updateChannelSchema>
export const channelSchema = z.object({
  id: idSchema,
  name: z.string(),
  kind: z.enum(['email', 'webhook']),
  enabled: z.boolean(),
  config: z.record(z.string(), z.unknown()),
  hasSecret: z.boolean(),
  lastDelivery: z
    .object({ state: z.enum(['pending', 'sent', 'failed']), at: timeSchema, error: z.string().nullable() })
    .nullable(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
})
export type Channel = z.infer<typeof channelSchema>

export const alertSchema = z.object({
  id: idSchema,
  key: z.string(),
  event: alertEventSchema,
  severity: z.enum(['warning', 'critical']),
  sourceId: idSchema.nullable(),
  title: z.string(),
  body: z.string(),
  facts: z.record(z.string(), z.unknown()),
  openedAt: timeSchema,
  lastSeenAt: timeSchema,
  count: z.number().int(),
  resolvedAt: timeSchema.nullable(),
  deliveries: z.array(
    z.object({
      channelId: idSchema,
      phase: z.enum(['opened', 'resolved']),
      state: z.enum(['pending', 'sent', 'failed']),
      attempts: z.number().int(),
      error: z.string().nullable(),
      sentAt: timeSchema.nullable(),
    }),
  ),
})
export type Alert = z.infer<typeof alertSchema>

export const alertFilterSchema = z.object({
  /** `true`: incidents that are still open; `false`: those that ended. */
  open: z
    .enum(['true', 'false'])
    .transform((v) => v === 'true')
    .optional(),
  sourceId: idSchema.optional(),
  event: alertEventSchema.optional(),
})

/** Answer of `POST .../channels/{id}/test`. */
export const channelTestSchema = z.object({ ok: z.boolean(), error: failureSchema.optional() })
export type ChannelTest = z.infer<typeof channelTestSchema>
