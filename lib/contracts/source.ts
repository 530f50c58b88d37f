import { z } from 'zod'
import { failureSchema, idSchema, timeSchema } from './common'
import { newPostgresConnectionSchema, postgresContract, sslModeSchema } from './engines/postgres'
import { isNoConnection, noConnection } from './entered'
import type { ErrorCode } from './error-code'
import { tagsSchema } from './operations'
import { retentionPauseSchema } from './retention'

const nameSchema = z.string().trim().min(1, 'Enter a name').max(100).refine(isNoConnection, noConnection)

const common = {
  name: nameSchema,
  /** Short words that alerts are routed by; none when absent. */
  tags: tagsSchema.optional(),
}
const newPostgresSource = z.object({
  ...common,
  /** PostgreSQL when absent. */
  engine: z
    .literal('postgres')
    .optional()
    .transform(() => 'postgres' as const),
  connection: newPostgresConnectionSchema,
  options: postgresContract.enteredOptions.prefault({}),
})

export const createSourceSchema = z.discriminatedUnion('engine', [newPostgresSource])
export type CreateSource = z.infer<typeof createSourceSchema>

const unnamed = { name: nameSchema.default('New source') }
/** `POST /api/v1/admin/sources/test-connection`: settings that are not stored yet. */
export const testSourceSchema = z.discriminatedUnion('engine', [newPostgresSource.extend(unnamed)])
export const backupRoleSqlSchema = z.object({ sql: z.string() })

/**
 * `connection` and `options` are merged over the stored ones and checked as the engine of the source says. An absent secret
 * keeps the stored one, an empty one removes it; null takes a limit or an objective away.
 */
export const updateSourceSchema = z.object({
  name: nameSchema.optional(),
  tags: tagsSchema.optional(),
  connection: z.record(z.string(), z.unknown()).optional(),
  options: z.record(z.string(), z.unknown()).optional(),
})
export type UpdateSource = z.infer<typeof updateSourceSchema>

/** One thing the connection test found that is not right, and how to put it right. */
export const findingSchema = z.object({
  severity: z.enum(['error', 'warning', 'info']),
  code: z.string(),
  message: z.string(),
  remedy: z.string().optional(),
  /** SQL an administrator may paste, e.g. the missing GRANT. */
  sql: z.string().optional(),
})
export type ShownFinding = z.infer<typeof findingSchema>
/** A finding as it is made. One that keeps a backup from being taken is also the error of the test, under the same code. */
export type Finding = ShownFinding & ({ severity: 'error'; code: ErrorCode } | { severity: 'warning' | 'info' })

/** A TLS mode that would be taken instead, and what that means. `needsCa`: it wants a certificate authority in PEM. */
export const tlsOfferSchema = z.object({ ssl: sslModeSchema, needsCa: z.boolean(), consequence: z.string() })
export type TlsOffer = z.infer<typeof tlsOfferSchema>

/** Answer of `POST .../test-connection`. `ok` false always carries an error. */
export const inspectionSchema = z.object({
  ok: z.boolean(),
  error: failureSchema.optional(),
  serverVersion: z.string().optional(),
  serverMajor: z.number().int().optional(),
  databaseBytes: z.number().int().optional(),
  tableCount: z.number().int().optional(),
  /** Version and path of the client that a backup will use. */
  client: z.object({ version: z.string(), path: z.string() }).optional(),
  latencyMs: z.number().optional(),
  superuser: z.boolean().optional().meta({ description: 'The role may do anything on its server' }),
  holdfastInstance: z
    .string()
    .optional()
    .meta({ description: 'Id of the Holdfast instance whose catalog the database holds; absent: it holds none' }),
  tls: z.string().optional().meta({ description: 'TLS version in use; absent when the connection is not encrypted' }),
  tlsOffers: z
    .array(tlsOfferSchema)
    .optional()
    .meta({ description: 'TLS modes that can be chosen instead when the wanted one failed, the safest first' }),
  unreadable: z.array(z.string()).default([]).meta({ description: 'Objects the role may not read, quoted names' }),
  findings: z.array(findingSchema).default([]),
})
export type Inspection = z.infer<typeof inspectionSchema>

const sourceFields = {
  id: idSchema,
  name: z.string(),
  tags: tagsSchema,
  sample: z.boolean().meta({ description: 'Sample data made by --demo' }),
  catalog: z.boolean().meta({
    description: "Its backups hold this instance's catalog: only administrators download or restore them",
  }),
  /** Set while nothing of it is deleted, because its newest backup looks wrong. */
  retentionPause: retentionPauseSchema.nullable(),
  inspection: inspectionSchema.nullable(),
  inspectedAt: timeSchema.nullable(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
}

export const sourceSchema = z.discriminatedUnion('engine', [
  z.object({
    ...sourceFields,
    engine: z.literal('postgres'),
    connection: postgresContract.connection.extend({ hasPassword: z.boolean() }),
    options: postgresContract.options,
  }),
])
export type Source = z.infer<typeof sourceSchema>
