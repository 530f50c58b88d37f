import { z } from 'zod'
import { declareReach } from '../../core/secrets/secret-reach'
import { normalUrl } from '../../core/secrets/same-place'
import { bareBucket, whyNoBucket } from '../../core/storage/why-no-bucket'
import { completeEndpoint, whyNoEndpoint } from '../../core/storage/why-no-endpoint'
import { barePrefix, whyNoPrefix } from '../../core/storage/why-no-prefix'
import { enteredUrl } from '../entered'
import type { DestinationContract } from './destination-contract'

/** An S3 bucket. Without credentials the SDK's default chain is used (environment, profile, instance role). */
export const s3ConfigSchema = z.object({
  /** Absent for AWS itself. */
  endpoint: z.url({ protocol: /^https?$/, error: 'Enter a URL such as https://s3.example.com' }).optional(),
  region: z.string().min(1).default('us-east-1'),
  bucket: z.string().min(3).max(63),
  /** Key prefix inside the bucket, without a leading slash. */
  prefix: z
    .string()
    .max(1_024)
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

/** The same as it is entered: the spellings of other tools are understood, and impossible names are refused immediately. */
export const enteredS3ConfigSchema = s3ConfigSchema
  .extend({
    endpoint: z
      .string()
      .trim()
      .overwrite(completeEndpoint)
      .pipe(enteredUrl('Enter a URL such as https://s3.example.com'))
      .optional(),
    bucket: z.string().trim().overwrite(bareBucket),
    prefix: z.string().default('').transform(barePrefix),
  })
  .superRefine((config, context) => {
    const { endpoint, bucket, prefix } = config
    const wrong = {
      endpoint: endpoint === undefined ? null : whyNoEndpoint(endpoint, bucket),
      bucket: whyNoBucket(bucket, config),
      prefix: whyNoPrefix(prefix),
    }
    for (const [field, message] of Object.entries(wrong))
      if (message !== null) context.addIssue({ code: 'custom', path: [field], message })
  })

const keyReach = declareReach(
  s3ConfigSchema,
  { field: 'config.secretAccessKey', name: 'secret access key' },
  {
    endpoint: {
      called: 'the endpoint',
      where: ({ endpoint, region }) => [endpoint ? normalUrl(endpoint) : `AWS in ${region}`],
    },
    region: { readWith: 'endpoint' },
    // A bucket is a place inside the service that has the key already.
    bucket: 'aside',
    prefix: 'aside',
    forcePathStyle: 'aside',
    accessKeyId: 'aside',
    storageClass: 'aside',
    serverSideEncryption: 'aside',
    kmsKeyId: 'aside',
    lifecycleSafetyNet: 'aside',
    safetyNetDays: 'aside',
  },
)

const placeSchema = z.object({ bucket: z.string(), prefix: z.string() }).partial()
const endpointOf = (config: unknown) => z.object({ endpoint: z.string().optional() }).safeParse(config).data?.endpoint

export const s3Contract = {
  title: 'S3 bucket',
  config: s3ConfigSchema,
  enteredConfig: enteredS3ConfigSchema,
  secrets: [{ name: 'secretAccessKey' as const, reach: keyReach, longest: 1_024 }],
  placeFields: ['bucket', 'prefix'],
  place(config) {
    const { bucket = '', prefix = '' } = placeSchema.safeParse(config).data ?? {}
    return `s3://${bucket}${prefix ? `/${prefix}` : ''}`
  },
  readPlace(place, { endpoint, region }) {
    const [, bucket, prefix] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(place) ?? []
    if (bucket === undefined) return null
    const config = s3ConfigSchema.safeParse({
      bucket,
      prefix,
      ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
      ...(region ? { region } : {}),
    })
    return config.data ?? null
  },
  addresses(config) {
    const endpoint = endpointOf(config)
    return endpoint === undefined ? [] : [{ field: 'config.endpoint', url: endpoint }]
  },
  distance: 'far',
  certificate(config) {
    // AWS watches over its own.
    const endpoint = endpointOf(config)
    if (!endpoint?.startsWith('https://') || !URL.canParse(endpoint)) return null
    const url = new URL(endpoint)
    return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 443), greeting: 'tls' }
  },
  localFolder: () => null,
  storageClasses: [
    { name: 'STANDARD_IA', archive: false },
    { name: 'ONEZONE_IA', archive: false },
    { name: 'INTELLIGENT_TIERING', archive: false },
    { name: 'GLACIER_IR', archive: false },
    { name: 'GLACIER', archive: true },
    { name: 'DEEP_ARCHIVE', archive: true },
  ],
  lifecycle: true,
  protection: ['versioning', 'object-lock'],
  defaultClass: (config) => s3ConfigSchema.safeParse(config).data?.storageClass ?? 'STANDARD',
} satisfies DestinationContract
