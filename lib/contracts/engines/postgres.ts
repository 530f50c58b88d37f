import { z } from 'zod'
import { hostKey } from '../../core/job/limits'
import { defaultSslMode, sslModes } from '../../core/network/ssl-modes'
import { hostAndPort } from '../../core/secrets/same-place'
import { declareReach } from '../../core/secrets/secret-reach'
import { enteredHost, isNoConnection } from '../entered'
import { commonOptionsSchema, removableCommonOptions, sqlAssertionSchema } from './common'
import type { EngineContract, SourceAddress, StoredSettings } from './engine-contract'
import { parseSelection } from './table-selection'

const sslModeSchema = z.enum(sslModes)

const noControl = (s: string) => !/[\u0000\n\r]/.test(s)

/** Where a source is, as it is stored. `host` starting with "/" is a Unix socket folder. */
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
const enteredConnectionSchema = postgresConnectionSchema.extend({
  host: enteredHost('Enter a host name, an address, or a socket folder such as /var/run/postgresql'),
  database: postgresConnectionSchema.shape.database.refine(isNoConnection, noUrl),
  user: postgresConnectionSchema.shape.user.refine(isNoConnection, noUrl),
})

const replicaSchema = z.object({
  host: z.string().trim().min(1, 'Enter the host of the replica').max(255),
  port: z.number().int().min(1).max(65_535),
})

export const postgresOptionsSchema = commonOptionsSchema.extend({
  /** How long the dump waits for a table lock before it gives up. */
  lockTimeoutMs: z.number().int().min(100).max(3_600_000).default(30_000),
  /** A connection on which nothing moves for so long, while the server waits too, is given up; absent: ten minutes. */
  stallTimeoutMs: z.number().int().min(1_000).max(86_400_000).optional(),
  /** Streams a backup is taken in side by side, and jobs of a restore; absent: chosen from cores and size. */
  parallelism: z.number().int().min(1).max(16).optional(),
  /** Most connections a backup may hold on the source at once, its snapshot's included. */
  maxConnections: z.number().int().min(3).max(64).default(8),
  /** As fast as it can even while others work on the server. Else a large backup then keeps to the pace of `pg_dump -Fc`. */
  fullSpeed: z.boolean().default(false),
  /** Incremental base backups that build on a full one before the next is due; a restore needs all of them. */
  longestChain: z.number().int().min(1).max(100).default(6),
  /** A standby of the same cluster that backups are read from; the primary is taken when it fails or conflicts. */
  replica: replicaSchema.optional(),
  /** What comprehensive restore tests ask of the restored database; the answer is the first column of the only row. */
  assertions: z.array(sqlAssertionSchema).max(100).default([]),
  /** Tables that must not be empty after a restore, as `schema.table`. */
  criticalTables: z.array(z.string().trim().min(1).max(300)).max(500).default([]),
})
export type PostgresOptions = z.infer<typeof postgresOptionsSchema>

const enteredOptionsSchema = postgresOptionsSchema.extend({
  replica: replicaSchema.extend({ host: enteredHost('Enter the host of the replica') }).optional(),
})

/** What decides where the password goes: the connection, and the replica among the options. */
const placeSchema = postgresConnectionSchema.extend({ replica: postgresOptionsSchema.shape.replica })
type Place = z.infer<typeof placeSchema>

const leavesTheMachine = ({ host, replica }: Place) => !host.startsWith('/') || replica !== undefined
/** As in libpq, `require` with a certificate authority checks like `verify-ca`. */
const tlsStrength = (place: Place) => {
  if (!leavesTheMachine(place)) return 0
  return sslModes.indexOf(place.ssl === 'require' && place.sslRootCert ? 'verify-ca' : place.ssl)
}

/** Where the password goes. */
export const passwordReach = declareReach(
  placeSchema,
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
)

/** Names as the database has them. Tables come with what they need, and with the indexes and constraints among them. */
export const tableSelectionSchema = z
  .object({
    schemas: z.array(z.string().min(1).max(63)).max(1_000).default([]),
    tables: z
      .array(z.object({ schema: z.string().min(1).max(63), name: z.string().min(1).max(63) }))
      .max(10_000)
      .default([]),
  })
  .refine((only) => only.schemas.length + only.tables.length > 0, { message: 'Name at least one table or schema' })

export type RestoreSelection = z.infer<typeof tableSelectionSchema>

/** A new database on the server of a source. Never an existing one. */
export const postgresTargetSchema = z.object({
  database: z.string().min(1, 'Enter a name for the new database').max(63),
  /** `keep`: owners and grants as in the backup; the roles must exist. `drop`: everything belongs to the connecting user. */
  owners: z.enum(['keep', 'drop']).default('keep'),
  /** Only these tables and schemas; absent: everything. */
  only: tableSelectionSchema.optional(),
  /** Streams and index builds side by side; absent: by the cores of the worker. */
  parallelism: z.number().int().min(1).max(16).optional(),
})

const named = ({ schema, name }: { schema: string; name: string }) => `${schema}.${name}`
const loose = (value: unknown): Record<string, unknown> => z.looseObject({}).catch({}).parse(value)
const replicaOf = (options: unknown) =>
  z.object({ replica: z.object({ host: z.string() }).nullish() }).safeParse(options)
const hostOf = (connection: unknown) => z.object({ host: z.string() }).safeParse(connection).data?.host

/** As a new source enters it: without a TLS mode it is `verify-full`, and `prefer` for loopback and sockets. */
const newConnectionSchema = enteredConnectionSchema
  .extend({
    ssl: sslModeSchema.optional().meta({
      description: 'When absent: verify-full; for loopback addresses and socket folders prefer',
    }),
    password: z.string().max(4_096).optional(),
  })
  .transform((connection) => ({ ...connection, ssl: connection.ssl ?? defaultSslMode(connection.host) }))

export const postgresContract = {
  title: 'PostgreSQL',
  called: 'Database',
  connection: postgresConnectionSchema,
  enteredConnection: enteredConnectionSchema,
  newConnection: newConnectionSchema,
  options: postgresOptionsSchema,
  enteredOptions: enteredOptionsSchema,
  methods: [
    { kind: 'logical', title: 'Dump' },
    { kind: 'base', title: 'Base backup', needsLog: true },
    { kind: 'incremental', title: 'Incremental base backup', needsLog: true, buildsOn: 'base' },
  ],
  restoreTarget: postgresTargetSchema,
  describeTarget(target) {
    const { database, only } = postgresTargetSchema.parse(target)
    const parts = [...(only?.schemas ?? []).map((schema) => `${schema}.*`), ...(only?.tables ?? []).map(named)]
    return `the new database "${database}"${parts.length > 0 ? `, only ${parts.join(', ')}` : ''}`
  },
  targetKey: (target) => postgresTargetSchema.parse(target).database,
  namedTarget: {
    called: 'DATABASE',
    words: { owners: 'keep|drop', only: 'SCHEMA.TABLE,SCHEMA.*' },
    read: ({ to, owners, only }) => ({
      database: to,
      ...(owners === undefined ? {} : { owners }),
      ...(only === undefined ? {} : { only: parseSelection(only) }),
    }),
  },
  sampled: true,
  followed: true,
  downloads: ['plain', 'sql'],
  removableOptions: [...removableCommonOptions, 'parallelism', 'stallTimeoutMs', 'replica'],
  secrets: [{ name: 'password' as const, reach: passwordReach }],
  secretPlace: ({ connection, options }) => ({ ...loose(connection), replica: loose(options)['replica'] }),
  readFrom({ connection, options }) {
    const { host, port, database, ssl, sslRootCert } = loose(connection)
    return { host, port, database, ssl, sslRootCert, replica: loose(options)['replica'] }
  },
  completePatch(stored, patch) {
    // A mode that was taken because the server was on this machine does not follow it to another one. Modes that somebody
    // named, here or for a server elsewhere, stay.
    const { host } = patch
    if (typeof host !== 'string' || patch['ssl'] !== undefined) return { ...patch }
    const before = postgresConnectionSchema.safeParse(stored).data
    if (!before || before.ssl !== defaultSslMode(before.host) || before.ssl === 'verify-full') return { ...patch }
    return { ...patch, ssl: defaultSslMode(host) }
  },
  place(connection) {
    const parsed = postgresConnectionSchema.safeParse(connection)
    return parsed.success ? `${parsed.data.database} at ${parsed.data.host}:${parsed.data.port}` : 'an unknown place'
  },
  addresses({ connection, options }) {
    const found: SourceAddress[] = []
    const host = hostOf(connection)
    if (host !== undefined) found.push({ field: 'connection.host', host })
    const replica = replicaOf(options).data?.replica?.host
    if (replica !== undefined) found.push({ field: 'options.replica.host', host: replica })
    return found.filter((address) => !address.host.startsWith('/'))
  },
  certificate(connection) {
    const parsed = postgresConnectionSchema.safeParse(connection)
    if (!parsed.success || parsed.data.ssl === 'disable' || parsed.data.host.startsWith('/')) return null
    return { host: parsed.data.host, port: parsed.data.port, greeting: 'postgres' }
  },
  longestChain: (options) => postgresOptionsSchema.parse(options).longestChain,
  containers: {
    measure: 'tables',
    names: (facts) => z.object({ tables: z.array(z.string()) }).safeParse(facts).data?.tables ?? null,
  },
  loads({ connection, options }: StoredSettings) {
    const host = replicaOf(options).data?.replica?.host ?? hostOf(connection)
    return host === undefined ? null : hostKey(host)
  },
} satisfies EngineContract
