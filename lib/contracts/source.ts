import { z } from 'zod'
import { defaultSslMode } from '../core/network/ssl-modes'
import { hostAndPort } from '../core/secrets/same-place'
import { declareReach, type SecretReach } from '../core/secrets/secret-reach'
import { enteredHost, isNoConnection, noConnection } from './entered'
import type { ErrorCode } from './error-code'
import { engineNameSchema, failureSchema, idSchema, patchOf, timeSchema, type EngineName } from './common'
import { retentionPauseSchema } from './retention'
import { copyRuleSchema, tagsSchema } from './operations'

/** TLS modes as libpq names them. */
export const sslModes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
export const sslModeSchema = z.enum(sslModes)
export type SslMode = z.infer<typeof sslModeSchema>

const noControl = (s: string) => !/[\u0000\n\r]/.test(s)

/**
 * Where a PostgreSQL source is, as it is stored; without the password, which is write-only. `host` starting with "/" is a
 * Unix socket folder.
 */
export const postgresConnectionSchema = z.object({
  host: z
    .string()
    .trim()
    .min(1, 'Enter a host name, an address, or a socket folder such as /var/run/postgresql')
    .max(255)
    .refine(noControl),
  port: z.number().int().min(1).max(65535).default(5432),
  database: z.string().min(1, 'Enter the name of the database').max(63).refine(noControl),
  user: z.string().min(1, 'Enter the user to connect as').max(63).refine(noControl),
  /** As stored; what a new source gets is `defaultSslMode` of its host. Rows from before that may lack it. */
  ssl: sslModeSchema.default('prefer'),
  /** PEM of the certificate authority that `verify-ca` and `verify-full` check against; the system's when absent. */
  sslRootCert: z.string().max(100_000).optional(),
})
export type PostgresConnection = z.infer<typeof postgresConnectionSchema>

const noUrl = 'Enter the name alone; a connection URL is read when it is pasted as the host'
/** The same as it is entered: a pasted connection is no host. */
export const enteredConnectionSchema = postgresConnectionSchema.extend({
  host: enteredHost('Enter a host name, an address, or a socket folder such as /var/run/postgresql'),
  database: postgresConnectionSchema.shape.database.refine(isNoConnection, noUrl),
  user: postgresConnectionSchema.shape.user.refine(isNoConnection, noUrl),
})

export const compressions = ['zstd', 'gzip', 'lz4', 'bzip2', 'xz', 'none'] as const
export const compressionSchema = z.enum(compressions)
export type Compression = z.infer<typeof compressionSchema>

/** A question in SQL with the answer it must have, compared as text. */
export const sqlAssertionSchema = z.object({
  name: z.string().trim().min(1, 'Enter a name').max(100),
  sql: z.string().trim().min(1, 'Enter a SELECT').max(10_000),
  expected: z.string().max(1_000),
})
export type SqlAssertion = z.infer<typeof sqlAssertionSchema>

/** How a source is backed up; every field has a default that is safe for production. */
export const sourceOptionsSchema = z.object({
  compression: compressionSchema.default('zstd'),
  /**
   * zstd 1-19, lz4 1-12, the others 1-9; one that is too high counts as the highest (lib/core/compression/levels.ts).
   * zstd 2 took 30 % less CPU than 3 for 5 % more bytes (docs/performance.md).
   */
  compressionLevel: z.number().int().min(1).max(19).default(2),
  /** Threads of one stream's compressor; only zstd and xz use more than one. */
  compressionThreads: z.number().int().min(1).max(16).default(1),
  encryption: z.enum(['age', 'none']).default('age'),
  /** How long the dump waits for a table lock before it gives up. */
  lockTimeoutMs: z.number().int().min(100).max(3_600_000).default(30_000),
  /** A connection on which nothing moves for so long, while the server waits too, is given up; absent: ten minutes. */
  stallTimeoutMs: z.number().int().min(1_000).max(86_400_000).optional(),
  /** The tools of a backup run with nice 19 and in the idle IO class instead of nice 10. */
  lowPriority: z.boolean().default(false),
  /** Streams a backup is taken in side by side, and jobs of a restore; absent: chosen from cores and size. */
  parallelism: z.number().int().min(1).max(16).optional(),
  /** Most connections a backup may hold on the source at once, its snapshot's included. */
  maxConnections: z.number().int().min(3).max(64).default(8),
  /** As little load as possible: one stream, low priority, and pauses whenever the source's server is busy. */
  gentle: z.boolean().default(false),
  /** As fast as it can even while others work on the server. Else a large backup then keeps to the pace of `pg_dump -Fc`. */
  fullSpeed: z.boolean().default(false),
  /** A standby of the same cluster that backups are read from; the primary is taken when it fails or conflicts. */
  replica: z
    .object({
      host: z.string().trim().min(1, 'Enter the host of the replica').max(255),
      port: z.number().int().min(1).max(65_535),
    })
    .optional(),
  /** Ceiling on stored bytes per second; absent means no limit. */
  rateLimitBytesPerSecond: z.number().int().min(16_384).optional(),
  /** A backup that runs longer raises an alert. */
  slowAfterMs: z
    .number()
    .int()
    .min(1_000)
    .default(30 * 60_000),
  /** Promised largest data loss; measured exposure is compared with it. */
  rpoObjectiveMs: z.number().int().min(60_000).optional(),
  /** Promised longest restore; a restore test's duration is compared with it. */
  rtoObjectiveMs: z.number().int().min(1_000).optional(),
  /** How many copies each backup should have, and how many of them away from the others; absent: nothing is asked. */
  copyRule: copyRuleSchema.optional(),
  /** What comprehensive restore tests ask of the restored database; the answer is the first column of the only row. */
  assertions: z.array(sqlAssertionSchema).max(100).default([]),
  /** Tables that must not be empty after a restore, as `schema.table`. */
  criticalTables: z.array(z.string().trim().min(1).max(300)).max(500).default([]),
  /** A restore test that runs longer is ended and decides nothing. */
  restoreTestLimitMs: z
    .number()
    .int()
    .min(1_000)
    .max(24 * 3_600_000)
    .default(6 * 3_600_000),
  /**
   * Restore tests of this source may run its code on a machine that cannot keep it apart: its owner may then do there what
   * the worker's user may. Each evidence says so.
   */
  acceptUnconfined: z.boolean().default(false),
  /** Attempts of one backup job, the first included. */
  maxAttempts: z.number().int().min(1).max(10).default(3),
})
export type SourceOptions = z.infer<typeof sourceOptionsSchema>

export const enteredOptionsSchema = sourceOptionsSchema.extend({
  replica: sourceOptionsSchema.shape.replica
    .unwrap()
    .extend({ host: enteredHost('Enter the host of the replica') })
    .optional(),
})

/** What decides where a source's password goes: its connection, and the replica among its options. */
const postgresPlaceSchema = postgresConnectionSchema.extend({ replica: sourceOptionsSchema.shape.replica })
type PostgresPlace = z.infer<typeof postgresPlaceSchema>

const leavesTheMachine = ({ host, replica }: PostgresPlace) => !host.startsWith('/') || replica !== undefined
/** As in libpq, `require` with a certificate authority checks like `verify-ca`. */
const tlsStrength = (place: PostgresPlace) => {
  if (!leavesTheMachine(place)) return 0
  return sslModes.indexOf(place.ssl === 'require' && place.sslRootCert ? 'verify-ca' : place.ssl)
}

/** Where the password of each engine's sources goes. An engine that is not named takes no stored password along. */
export const sourceReach: Partial<Record<EngineName, SecretReach>> = {
  postgres: declareReach(
    postgresPlaceSchema,
    { field: 'connection.password', name: 'password' },
    {
      host: {
        called: 'the host or port',
        where: ({ host, port, replica }) => [
          hostAndPort(host, port),
          ...(replica ? [hostAndPort(replica.host, replica.port)] : []),
        ],
      },
      port: { readWith: 'host' },
      replica: { readWith: 'host' },
      database: 'aside',
      user: 'aside',
      ssl: { called: 'the TLS mode', strength: tlsStrength },
      sslRootCert: {
        called: 'the certificate authority',
        trust: (place) =>
          tlsStrength(place) < sslModes.indexOf('verify-ca') ? null : (place.sslRootCert?.trim() ?? 'the system'),
      },
    },
  ),
}

/** A connection as it is entered: without a TLS mode it is `verify-full`, and `prefer` for loopback and sockets. */
const newConnectionSchema = enteredConnectionSchema
  .extend({
    ssl: sslModeSchema.optional().meta({
      description: 'When absent: verify-full; for loopback addresses and socket folders prefer',
    }),
    password: z.string().max(4_096).optional(),
  })
  .transform((connection) => ({ ...connection, ssl: connection.ssl ?? defaultSslMode(connection.host) }))

const nameSchema = z.string().trim().min(1, 'Enter a name').max(100).refine(isNoConnection, noConnection)

export const createSourceSchema = z.object({
  name: nameSchema,
  engine: engineNameSchema.default('postgres'),
  connection: newConnectionSchema,
  options: enteredOptionsSchema.prefault({}),
  /** Short words that alerts are routed by; none when absent. */
  tags: tagsSchema.optional(),
})
/** `POST /api/v1/admin/sources/test-connection`: settings that are not stored yet. */
export const testSourceSchema = createSourceSchema.extend({ name: nameSchema.default('New source') })
export const backupRoleSqlSchema = z.object({ sql: z.string() })
export type CreateSource = z.infer<typeof createSourceSchema>

/** An absent password keeps the stored one, an empty one removes it; null takes a limit or an objective away. */
export const updateSourceSchema = z.object({
  name: nameSchema.optional(),
  tags: tagsSchema.optional(),
  connection: patchOf(enteredConnectionSchema.extend({ password: z.string().max(4_096).optional() })).optional(),
  options: patchOf(enteredOptionsSchema)
    .extend({
      rateLimitBytesPerSecond: sourceOptionsSchema.shape.rateLimitBytesPerSecond.nullable(),
      parallelism: sourceOptionsSchema.shape.parallelism.nullable(),
      stallTimeoutMs: sourceOptionsSchema.shape.stallTimeoutMs.nullable(),
      replica: enteredOptionsSchema.shape.replica.nullable(),
      rpoObjectiveMs: sourceOptionsSchema.shape.rpoObjectiveMs.nullable(),
      rtoObjectiveMs: sourceOptionsSchema.shape.rtoObjectiveMs.nullable(),
      copyRule: sourceOptionsSchema.shape.copyRule.nullable(),
    })
    .optional(),
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

export const sourceSchema = z.object({
  id: idSchema,
  name: z.string(),
  engine: engineNameSchema,
  connection: postgresConnectionSchema.extend({ hasPassword: z.boolean() }),
  options: sourceOptionsSchema,
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
})
export type Source = z.infer<typeof sourceSchema>
