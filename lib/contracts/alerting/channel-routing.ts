import { z } from 'zod'
import { isTimeZone } from '../../core/schedule/is-time-zone'
import { alertEventSchema, severitySchema } from './alert-event'
import { idSchema, patchOf } from '../common'
import { tagsSchema } from '../operations'

const clockSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Enter a time of day such as 22:00')

export const quietHoursSchema = z
  .object({
    /** Local times of day; `to` before `from` is the next morning. */
    from: clockSchema.default('22:00'),
    to: clockSchema.default('07:00'),
    /** IANA name. */
    timeZone: z
      .string()
      .min(1)
      .max(64)
      .refine(isTimeZone, 'Enter a time zone such as UTC or Europe/Athens')
      .default('UTC'),
    /** Days on which they begin: 1 is Monday, 7 is Sunday. */
    weekdays: z
      .array(z.number().int().min(1).max(7))
      .min(1, 'Choose at least one day')
      .max(7)
      .default([1, 2, 3, 4, 5, 6, 7]),
    /** Critical alerts wait as well. */
    alsoCritical: z.boolean().default(false),
  })
  .refine((hours) => hours.from !== hours.to, { path: ['to'], error: 'Quiet hours must end at another time' })
export type QuietHours = z.infer<typeof quietHoursSchema>

/** What a channel receives, and when. Without limits it receives everything immediately. */
export const channelRoutingSchema = z.object({
  minSeverity: severitySchema.default('warning'),
  /** Null: every event, those of later releases as well. */
  events: z.array(alertEventSchema).min(1, 'Choose at least one event').nullable().default(null),
  /** Alerts about a source are sent when it is named here or has one of the tags; both empty: about every source. */
  sourceIds: z.array(idSchema).max(1_000).default([]),
  tags: tagsSchema.default([]),
  /** Alerts that are about no single source: destinations, workers, channels. */
  instance: z.boolean().default(true),
  quietHours: quietHoursSchema.nullable().default(null),
  /** Told again after so many hours while it goes on and nobody acknowledged it; null: never. */
  remindHours: z.number().int().min(1).max(720).nullable().default(24),
  /** Tells when it is over. */
  recovery: z.boolean().default(true),
})
export type ChannelRouting = z.infer<typeof channelRoutingSchema>
export const updateChannelRoutingSchema = patchOf(channelRoutingSchema)
