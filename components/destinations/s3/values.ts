import { s3ConfigSchema } from '@/lib/contracts/destinations/s3'

export interface S3Values {
  endpoint: string
  region: string
  bucket: string
  prefix: string
  forcePathStyle: boolean
  accessKeyId: string
  secretAccessKey: string
  storageClass: string
  /** Empty: as the bucket says. */
  serverSideEncryption: '' | 'AES256' | 'aws:kms'
  kmsKeyId: string
  lifecycleSafetyNet: boolean
  safetyNetDays: number | null
}

export const noBucket: S3Values = {
  endpoint: '',
  region: 'us-east-1',
  bucket: '',
  prefix: '',
  forcePathStyle: false,
  accessKeyId: '',
  secretAccessKey: '',
  storageClass: '',
  serverSideEncryption: '',
  kmsKeyId: '',
  lifecycleSafetyNet: true,
  safetyNetDays: 400,
}

/** Field by field, since a config from before may lack one or hold what is refused today. */
export function s3ValuesOf(config: Readonly<Record<string, unknown>>): S3Values {
  const read = Object.entries(s3ConfigSchema.partial().shape).flatMap(([name, field]) => {
    const parsed = field.safeParse(config[name])
    return parsed.success && parsed.data !== undefined ? [[name, parsed.data]] : []
  })
  return { ...noBucket, ...Object.fromEntries(read) }
}

const given = (text: string): string | undefined => text.trim() || undefined

export function s3ConfigOf(values: S3Values) {
  return {
    endpoint: given(values.endpoint),
    region: given(values.region),
    bucket: values.bucket.trim(),
    prefix: values.prefix.trim(),
    forcePathStyle: values.forcePathStyle,
    accessKeyId: given(values.accessKeyId),
    secretAccessKey: given(values.secretAccessKey),
    storageClass: given(values.storageClass),
    serverSideEncryption: values.serverSideEncryption || undefined,
    kmsKeyId: values.serverSideEncryption === 'aws:kms' ? given(values.kmsKeyId) : undefined,
    lifecycleSafetyNet: values.lifecycleSafetyNet,
    safetyNetDays: values.safetyNetDays ?? undefined,
  }
}
