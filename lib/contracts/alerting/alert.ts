import { z } from 'zod'
import { alertEventSchema, severitySchema } from './alert-event'
import { channelKindSchema, newChannelConfigSchemas, type ChannelKind } from './channel-config'
import { channelRoutingSchema, updateChannelRoutingSchema } from './channel-routing'
import { failureSchema, idSchema, timeSchema } from '../common'
import { isNoConnection, noConnection } from '../entered'

// The words that alerts and channels share are kept where neither needs the other; this is where they are asked for.
export { alertEvents, alertEventSchema, type AlertEvent } from './alert-event'
export { emailConfigSchema, type EmailConfig } from './channel-config'

const channelFields = {
  name: z.string().trim().min(1, 'Enter a name').max(100).refine(isNoConnection, noConnection),
  enabled: z.boolean().default(true),
  routing: channelRoutingSchema.prefault({}),
}
const newChannel = <K extends ChannelKind>(kind: K) =>
  z.object({ ...channelFields, kind: z.literal(kind), config: newChannelConfigSchemas[kind] })

export const createChannelSchema = z.discriminatedUnion('kind', [
  newChannel('email'),
  newChannel('slack'),
  newChannel('teams'),
  newChannel('discord'),
  newChannel('telegram'),
  newChannel('pagerduty'),
  newChannel('webhook'),
  newChannel('syslog'),
])
export type CreateChannel = z.infer<typeof createChannelSchema>

/** What is absent keeps its value; an absent secret keeps the stored one, an empty one removes it where it may. */
export const updateChannelSchema = z.object({
  name: channelFields.name.optional(),
  enabled: z.boolean().optional(),
  config: z.record(z.string(), z.unknown()).optional(),
  routing: updateChannelRoutingSchema.optional(),
})
export type UpdateChannel = z.infer<typeof updateChannelSchema>

/** `skipped`: it was over before it could be sent (quiet hours), or something newer took its place. */
export const deliveryStateSchema = z.enum(['pending', 'sent', 'failed', 'skipped'])
export type DeliveryState = z.infer<typeof deliveryStateSchema>
export const deliveryPhaseSchema = z.enum(['opened', 'reminder', 'acknowledged', 'resolved'])
export type DeliveryPhase = z.infer<typeof deliveryPhaseSchema>

export const channelSchema = z.object({
  id: idSchema,
  name: z.string(),
  kind: channelKindSchema,
  enabled: z.boolean(),
  /** Without the secret. */
  config: z.record(z.string(), z.unknown()),
  /** Who or what is reached, in words. */
  target: z.string(),
  routing: channelRoutingSchema,
  hasSecret: z.boolean(),
  /** True while what is sent there does not arrive. */
  failing: z.boolean(),
  lastDelivery: z.object({ state: deliveryStateSchema, at: timeSchema, error: z.string().nullable() }).nullable(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
})
export type Channel = z.infer<typeof channelSchema>

const deliveryFields = {
  id: idSchema,
  phase: deliveryPhaseSchema,
  state: deliveryStateSchema,
  attempts: z.number().int(),
  error: z.string().nullable(),
  createdAt: timeSchema,
  /** When it is tried next; null when it will not be tried again. */
  nextAt: timeSchema.nullable(),
  sentAt: timeSchema.nullable(),
}

/** One message to one channel, for `GET .../channels/{id}/deliveries`. */
export const deliverySchema = z.object({
  ...deliveryFields,
  alertId: idSchema,
  event: alertEventSchema,
  severity: severitySchema,
  title: z.string(),
})
export type Delivery = z.infer<typeof deliverySchema>

export const alertSchema = z.object({
  id: idSchema,
  key: z.string(),
  event: alertEventSchema,
  severity: severitySchema,
  sourceId: idSchema.nullable(),
  title: z.string(),
  body: z.string(),
  facts: z.record(z.string(), z.unknown()),
  openedAt: timeSchema,
  lastSeenAt: timeSchema,
  count: z.number().int(),
  resolvedAt: timeSchema.nullable(),
  /** Someone is working on it: no more reminders are sent. */
  acknowledgedAt: timeSchema.nullable(),
  acknowledgedBy: z.string().nullable(),
  deliveries: z.array(z.object({ ...deliveryFields, channelId: idSchema })),
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

/** Answer of `GET /api/v1/admin/settings/dead-mans-switch`: what it last did, and why not if it did not. */
export const deadMansSwitchSchema = z.object({
  /** Null while no address is set or nothing was sent yet. */
  lastPingAt: timeSchema.nullable(),
  lastError: z.string().nullable(),
  /** What is wrong now, in words; empty while all is well. */
  troubles: z.array(z.string()),
})
export type DeadMansSwitch = z.infer<typeof deadMansSwitchSchema>
