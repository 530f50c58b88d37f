import { z } from 'zod'

/** `16/B374D848`. */
const lsn = z.string().regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/)
const oid = z.string().regex(/^\d+$/)
const bytes = z.number().int().nonnegative()

/** Recovery refuses to start where one of the first five is lower than it was (PostgreSQL's manual, "Hot Standby", Administrator's Overview). */
export const recoverySettings = [
  'max_connections',
  'max_worker_processes',
  'max_wal_senders',
  'max_prepared_transactions',
  'max_locks_per_transaction',
  'wal_level',
] as const

/** What the manifest of a base backup keeps for its restore. */
export const baseFactsSchema = z.object({
  serverMajor: z.number().int(),
  systemIdentifier: z.string().regex(/^\d+$/),
  /** It was read from a standby. */
  standby: z.boolean(),
  /** A superuser that may log in, else who took it; and the database that the source names. */
  role: z.string(),
  database: z.string(),
  /** What a session of this role in this database begins with, as far as it shapes results. */
  session: z.record(z.string(), z.string()),
  startLsn: lsn,
  /** A recovery is consistent from here on, never before. */
  endLsn: lsn,
  startTimeline: z.number().int().positive(),
  walSegmentBytes: bytes,
  dataChecksums: z.boolean(),
  tablespaces: z.array(z.object({ oid, location: z.string(), bytes })),
  /** Values of `recoverySettings`, as the server shows them. */
  settings: z.partialRecord(z.enum(recoverySettings), z.string()),
  /** Libraries that the server loads at its start; null where the role is not shown them. */
  preload: z.array(z.string()).nullable(),
  /** Of the database that the source names: what provides its sort orders, and in which version. */
  locale: z.record(z.string(), z.unknown()),
  databases: z.array(z.object({ oid, name: z.string(), bytes })),
  /** Pages whose checksum was wrong on the server. */
  damagedPages: z.array(z.object({ file: z.string(), block: z.number().int().nonnegative() })),
  /** By the server's clock. */
  serverStartedAt: z.iso.datetime(),
  serverFinishedAt: z.iso.datetime(),
})
export type BaseFacts = z.infer<typeof baseFactsSchema>
