import { z } from 'zod'
import { atLeastOne, failureSchema, idSchema, timeSchema } from './common'
import type { EngineContract } from './engines/engine-contract'
import { type BuiltInEngine, catalogEngine, engineContracts } from './engines/index'
import { sslModes } from '../core/network/ssl-modes'
import { isNoConnection, noConnection } from './entered'
import type { ErrorCode } from './error-code'
import { tagsSchema } from './operations'
import { protectionPatchSchema, protectionSchema } from './recovery/protection'
import { measuresSchema, type Measure } from './repository/measure'
import { retentionPauseSchema } from './retention'

const nameSchema = z.string().trim().min(1, 'Enter a name').max(100).refine(isNoConnection, noConnection)

const common = {
  name: nameSchema,
  /** Short words that alerts are routed by; none when absent. */
  tags: tagsSchema.optional(),
}
/** A source of one engine as it is entered; PostgreSQL need not be named. */
const newSource = (engine: string, { newConnection, enteredOptions }: EngineContract) => {
  const name = z.literal(engine)
  return z.object({
    ...common,
    engine: engine === catalogEngine ? name.optional().transform(() => engine) : name,
    connection: newConnection,
    options: enteredOptions.prefault({}),
  })
}
const newSources = Object.entries(engineContracts).map(([engine, contract]) => newSource(engine, contract))

/** What a source of each engine is made of, by its contract. */
type ByEngine<T extends Record<BuiltInEngine, unknown>> = {
  [E in BuiltInEngine]: { engine: E } & T[E]
}[BuiltInEngine]
type Contracts = typeof engineContracts

export type CreateSource = { name: string; tags?: string[] | undefined } & ByEngine<{
  [E in BuiltInEngine]: {
    connection: z.output<Contracts[E]['newConnection']>
    options: z.output<Contracts[E]['enteredOptions']>
  }
}>
// The members are what CreateSource says of each engine; the compiler cannot follow that through Object.entries.
export const createSourceSchema = z.discriminatedUnion(
  'engine',
  atLeastOne(newSources),
) as unknown as z.ZodType<CreateSource>

const unnamed = { name: nameSchema.default('New source') }
/** `POST /api/v1/admin/sources/test-connection`: settings that are not stored yet. */
export const testSourceSchema = z.discriminatedUnion(
  'engine',
  atLeastOne(newSources.map((source) => source.extend(unnamed))),
) as unknown as z.ZodType<CreateSource>
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
  protection: protectionPatchSchema.optional(),
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
export const tlsOfferSchema = z.object({ ssl: z.enum(sslModes), needsCa: z.boolean(), consequence: z.string() })
export type TlsOffer = z.infer<typeof tlsOfferSchema>

/** Answer of `POST .../test-connection`. `ok` false always carries an error. */
export const inspectionSchema = z.object({
  ok: z.boolean(),
  error: failureSchema.optional(),
  serverVersion: z.string().optional(),
  serverMajor: z.number().int().optional(),
  databaseBytes: z.number().int().optional(),
  tableCount: z.number().int().optional(),
  measures: measuresSchema
    .optional()
    .meta({ description: 'What the engine counted, named as in its backups; absent in tests by an older version' }),
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

/** What the engine counted; older versions told tables alone. */
export function foundMeasures({ measures, tableCount }: Inspection): Measure[] {
  if (measures) return measures
  return tableCount === undefined ? [] : [{ name: 'tables', of: 'containers', unit: 'count', value: tableCount }]
}

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
  protection: protectionSchema,
  inspection: inspectionSchema.nullable(),
  inspectedAt: timeSchema.nullable(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
}

/** `hasPassword` says whether there is a `password`. */
export const hasSecret = <Name extends string>(name: Name): HasSecret<Name> =>
  // What the type says is what is built.
  `has${name.charAt(0).toUpperCase()}${name.slice(1)}` as HasSecret<Name>
type HasSecret<Name extends string> = `has${Capitalize<Name>}`

const shownSource = (engine: string, contract: EngineContract) =>
  z.object({
    ...sourceFields,
    engine: z.literal(engine),
    connection: contract.connection.extend(
      Object.fromEntries(contract.secrets.map(({ name }) => [hasSecret(name), z.boolean()])),
    ),
    options: contract.options,
  })
const shownSources = Object.entries(engineContracts).map(([engine, contract]) => shownSource(engine, contract))

export type Source = z.output<z.ZodObject<typeof sourceFields>> &
  ByEngine<{
    [E in BuiltInEngine]: {
      connection: z.output<Contracts[E]['connection']> &
        Record<HasSecret<Contracts[E]['secrets'][number]['name']>, boolean>
      options: z.output<Contracts[E]['options']>
    }
  }>
// As with new sources.
export const sourceSchema = z.discriminatedUnion('engine', atLeastOne(shownSources)) as unknown as z.ZodType<Source>
