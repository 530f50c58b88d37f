import { z } from 'zod'
import { builtInFormats, encryptionChoiceSchema } from '../encryption'
import { copyRuleSchema } from '../operations'

export const compressions = ['zstd', 'gzip', 'lz4', 'bzip2', 'xz', 'none'] as const
export const compressionSchema = z.enum(compressions)
export type Compression = z.infer<typeof compressionSchema>

/** The highest limit that can be set for a restore test: tens of terabytes take days. */
export const longestRestoreTestMs = 14 * 24 * 3_600_000

/** Options of every source, whatever its engine; every field has a default that is safe for production. */
export const commonOptionsSchema = z.object({
  compression: compressionSchema.default('zstd'),
  /**
   * zstd 1-19, lz4 1-12, the others 1-9; one that is too high counts as the highest (lib/core/compression/levels.ts).
   * zstd 2 took 30 % less CPU than 3 for 5 % more bytes (docs/performance.md).
   */
  compressionLevel: z.number().int().min(1).max(19).default(2),
  /** Threads of one stream's compressor; only zstd and xz use more than one. */
  compressionThreads: z.number().int().min(1).max(16).default(1),
  encryption: encryptionChoiceSchema.default(builtInFormats[0]),
  /** The tools of a backup run with nice 19 and in the idle IO class instead of nice 10. */
  lowPriority: z.boolean().default(false),
  /** As little load as possible: one stream, low priority, and pauses whenever the source is busy. */
  gentle: z.boolean().default(false),
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
  /** A restore test that runs longer is ended and decides nothing. */
  restoreTestLimitMs: z
    .number()
    .int()
    .min(1_000)
    .max(longestRestoreTestMs)
    .default(6 * 3_600_000),
  /**
   * Restore tests of this source may run its code on a machine that cannot keep it apart: its owner may then do there what
   * the worker's user may. Each evidence says so.
   */
  acceptUnconfined: z.boolean().default(false),
  /** Attempts of one backup job, the first included. */
  maxAttempts: z.number().int().min(1).max(10).default(3),
})
export type CommonOptions = z.infer<typeof commonOptionsSchema>

/** Of these, what a patch takes away with null. */
export const removableCommonOptions = [
  'rateLimitBytesPerSecond',
  'rpoObjectiveMs',
  'rtoObjectiveMs',
  'copyRule',
] as const satisfies readonly (keyof CommonOptions)[]

/** A question in SQL with the answer it must have, compared as text. */
export const sqlAssertionSchema = z.object({
  name: z.string().trim().min(1, 'Enter a name').max(100),
  sql: z.string().trim().min(1, 'Enter a SELECT').max(10_000),
  expected: z.string().max(1_000),
})
export type SqlAssertion = z.infer<typeof sqlAssertionSchema>
