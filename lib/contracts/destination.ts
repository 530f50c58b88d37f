import { z } from 'zod'
import { failureSchema, idSchema, timeSchema } from './common'

export const destinationKinds = ['local', 's3'] as const
export const destinationKindSchema = z.enum(destinationKinds)
export type DestinationKind = z.infer<typeof destinationKindSchema>

/** A folder on the worker's machine. */
export const localConfigSchema = z.object({
  path: z
    .string()
    .min(1)
    .refine((p) => p.startsWith('/'), 'Enter an absolute path, such as /var/backups/holdfast'),
})
export type LocalConfig = z.infer<typeof localConfigSchema>

/** An S3 bucket. Without credentials the SDK's default chain is used (environment, profile, instance role). */
export const s3ConfigSchema = z.object({
  /** Absent for AWS itself. */
  endpoint: z.url({ protocol: /^https?$/, error: 'Enter a URL such as https://s3.example.com' }).optional(),
  region: z.string().min(1).default('us-east-1'),
  bucket: z.string().min(3).max(63),
  /** Key prefix inside the bucket, without a leading slash. */
  prefix: z
    .string()
    .max(512)
    .default('')
    .transform((p) => p.replace(/^\/+|\/+$/g, '')),
  forcePathStyle: z.boolean().default(false),
  accessKeyId: z.string().max(256).optional(),
  storageClass: z.string().max(64).optional(),
  serverSideEncryption: z.enum(['AES256', 'aws:kms']).optional(),
  kmsKeyId: z.string().max(2_048).optional(),
  /** Install a lifecycle rule that aborts stale uploads and expires objects well behind our own retention. */
  lifecycleSafetyNet: z.boolean().default(true),
  /** Days after which the safety net may expire an object; it must lie well behind every retention policy. */
  safetyNetDays: z.number().int().min(7).max(36_500).default(400),
})
export type S3Config = z.infer<typeof s3ConfigSchema>

const nameSchema = z.string().trim().min(1, 'Enter a name').max(100)

export const createDestinationSchema = z.discriminatedUnion('kind', [
  z.object({ name: nameSchema, kind: z.literal('local'), config: localConfigSchema }),
  z.object({
    name: nameSchema,
    kind: z.literal('s3'),
    config: s3ConfigSchema.extend({ secretAccessKey: z.string().max(1_024).optional() }),
  }),
])
/** `POST /api/v1/admin/destinations/test`: settings that are not stored yet. */
const [localOption, s3Option] = createDestinationSchema.options
export const testDestinationSchema = z.discriminatedUnion('kind', [
  localOption.extend({ name: nameSchema.default('New destination') }),
  s3Option.extend({ name: nameSchema.default('New destination') }),
])
export type CreateDestination = z.infer<typeof createDestinationSchema>

/** `config` is merged over the stored one; an absent secret keeps the stored one. */
export const updateDestinationSchema = z.object({
  name: nameSchema.optional(),
  config: z.record(z.string(), z.unknown()).optional(),
})
export type UpdateDestination = z.infer<typeof updateDestinationSchema>

/** One thing the probe tried. `unsupported` is a fact about the store, not a failure. */
export const probeCheckSchema = z.object({
  name: z.enum([
    'write',
    'read',
    'list',
    'delete',
    'multipart',
    'checksums',
    'conditional-writes',
    'lifecycle',
    'versioning',
    'object-lock',
    'free-space',
  ]),
  result: z.enum(['ok', 'unsupported', 'failed']),
  detail: z.string().optional(),
})
export type ProbeCheck = z.infer<typeof probeCheckSchema>

/** Answer of `POST .../{id}/test`. `ok` means that write, read, list and delete worked. */
export const probeReportSchema = z.object({
  ok: z.boolean(),
  error: failureSchema.optional(),
  checks: z.array(probeCheckSchema),
  durationMs: z.number(),
})
export type ProbeReport = z.infer<typeof probeReportSchema>

export const destinationSchema = z.object({
  id: idSchema,
  name: z.string(),
  kind: destinationKindSchema,
  /** As stored, without the secret. */
  config: z.record(z.string(), z.unknown()),
  hasSecret: z.boolean(),
  probe: probeReportSchema.nullable(),
  probedAt: timeSchema.nullable(),
  usage: z.object({ backupCount: z.number().int(), storedBytes: z.number().int() }),
  createdAt: timeSchema,
  updatedAt: timeSchema,
})
export type Destination = z.infer<typeof destinationSchema>
