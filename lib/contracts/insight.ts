import { z } from 'zod'
import { idSchema, timeSchema } from './common'
import { knownMeasures } from './repository/measure-words'

const amountSchema = z.object({ value: z.number(), low: z.number(), high: z.number() })

/** How something grows, by the trend of its last 90 days. It stays between low and high with four chances in five. */
export const forecastSchema = z.object({
  today: amountSchema,
  perDay: amountSchema,
  in30Days: amountSchema,
  in90Days: amountSchema,
  in365Days: amountSchema,
  points: z.number().int().meta({ description: 'Days with a value that this rests on' }),
  days: z.number().int().meta({ description: 'From the first to the last of them' }),
})
export type Forecast = z.infer<typeof forecastSchema>
/** Null: fewer than seven days are known, too little to tell. */
const forecastOrNull = forecastSchema.nullable()

export const dayBytesSchema = z.object({ day: z.iso.date(), bytes: z.number() })
export type DayBytes = z.infer<typeof dayBytesSchema>

/** Money a month: now, and if what is stored goes on growing as it did. */
export const costSchema = z.object({
  perMonth: z.number(),
  in30Days: z.number().nullable(),
  in90Days: z.number().nullable(),
  in365Days: z.number().nullable(),
})
export type Cost = z.infer<typeof costSchema>

export const destinationInsightSchema = z.object({
  destinationId: idSchema,
  name: z.string(),
  kind: z.string(),
  copies: z.number().int(),
  storedBytes: z.number(),
  /** Bytes of backups that it can hold: as set, or what lies there with what the store has left; the lesser. */
  capacityBytes: z.number().nullable(),
  /** When the trend reaches the capacity, and when the upper edge of its band does; null: not within a century. */
  fullOn: z.iso.date().nullable(),
  fullEarliest: z.iso.date().nullable(),
  forecast: forecastOrNull,
  cost: costSchema,
  monthlyBudget: z.number().nullable(),
  classes: z.array(
    z.object({
      storageClass: z.string(),
      copies: z.number().int(),
      storedBytes: z.number(),
      pricePerGbMonth: z.number(),
      perMonth: z.number(),
    }),
  ),
})
export type DestinationInsight = z.infer<typeof destinationInsightSchema>

export const policyInsightSchema = z.object({
  /** Null: sources whose schedules have no policy, which keep everything. */
  policyId: idSchema.nullable(),
  name: z.string(),
  sources: z.number().int(),
  /** What its sources have stored in all destinations today. */
  storedBytes: z.number(),
  perMonth: z.number(),
  /** What it keeps in the long run at today's sizes and schedules; null when it keeps everything. */
  steady: z.object({ backups: z.number().int(), storedBytes: z.number(), perMonth: z.number() }).nullable(),
})
export type PolicyInsight = z.infer<typeof policyInsightSchema>

export const sourceGrowthSchema = z.object({
  sourceId: idSchema,
  sourceName: z.string(),
  /** Mean size of the good backups of the last day that had one, as read from the source and as stored. */
  sourceBytes: z.number(),
  backupBytes: z.number(),
  /** What it has stored in all destinations. */
  storedBytes: z.number(),
  perMonth: z.number(),
  /** Of the bytes read from the source. */
  forecast: forecastOrNull,
})
export type SourceGrowth = z.infer<typeof sourceGrowthSchema>

/** What is known of every backup, whatever its engine. */
export const ownMeasures = ['source-bytes', 'stored-bytes', 'duration', 'compression'] as const
export type OwnMeasure = (typeof ownMeasures)[number]

const judgedMeasureSchema = z.string().meta({
  description: 'Known of every backup, or the name of what its engine counted; engines to come bring others',
  'x-extensible-enum': [...ownMeasures, ...knownMeasures],
})
/** `share`: 1 is the whole. */
export const judgedUnitSchema = z.enum(['count', 'bytes', 'milliseconds', 'share'])
export type JudgedUnit = z.infer<typeof judgedUnitSchema>

export const anomalySchema = z.object({
  measure: judgedMeasureSchema,
  unit: judgedUnitSchema.optional().meta({ description: 'Absent in what was found by an older version' }),
  severity: z.enum(['warning', 'critical']),
  message: z.string().meta({ description: 'A sentence with both values' }),
  usual: z.number(),
  actual: z.number().meta({ description: 'Of tables and the like: how many of the usual ones are left' }),
})
export type Anomaly = z.infer<typeof anomalySchema>

/** A backup that differed from what was usual. */
export const anomalyIncidentSchema = z.object({
  alertId: idSchema,
  sourceId: idSchema,
  sourceName: z.string(),
  backupId: idSchema.nullable(),
  openedAt: timeSchema,
  lastSeenAt: timeSchema,
  /** When a backup was as usual again; null while none was. */
  resolvedAt: timeSchema.nullable(),
  anomalies: z.array(anomalySchema),
})
export type AnomalyIncident = z.infer<typeof anomalyIncidentSchema>

export const insightQuerySchema = z.object({
  /** Only so many sources, those that grow most first. */
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
})

/** `GET /api/v1/admin/insight` */
export const insightSchema = z.object({
  checkedAt: timeSchema,
  currency: z.string(),
  total: z.object({
    storedBytes: z.number(),
    /** What lay in all destinations together, a day, oldest first. */
    series: z.array(dayBytesSchema),
    forecast: forecastOrNull,
    cost: costSchema,
  }),
  destinations: z.array(destinationInsightSchema),
  policies: z.array(policyInsightSchema),
  sources: z.array(sourceGrowthSchema),
  sourcesOmitted: z.number().int(),
  /** Open ones first, then those of the last 30 days. */
  anomalies: z.array(anomalyIncidentSchema),
})
export type Insight = z.infer<typeof insightSchema>

/** `GET /api/v1/admin/insight/sources/{id}` */
export const sourceInsightSchema = z.object({
  sourceId: idSchema,
  sourceName: z.string(),
  /** Mean size of the day's good backups; days without one are absent. */
  series: z.array(z.object({ day: z.iso.date(), sourceBytes: z.number(), backupBytes: z.number() })),
  sourceForecast: forecastOrNull,
  backupForecast: forecastOrNull,
  latestBackupId: idSchema.nullable(),
  /** What is usual, by the backups before the latest one; empty while there are fewer than five. */
  baselines: z.array(
    z.object({
      measure: judgedMeasureSchema,
      unit: judgedUnitSchema,
      usual: z.number(),
      scatter: z.number().meta({ description: 'In units of a standard deviation' }),
      actual: z.number(),
      backups: z.number().int(),
    }),
  ),
  anomalies: z.array(anomalySchema),
})
export type SourceInsight = z.infer<typeof sourceInsightSchema>
