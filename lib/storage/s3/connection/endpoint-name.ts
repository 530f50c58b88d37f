import type { S3Config } from '@/lib/contracts/destinations/s3'

/** Where requests go, as messages name it. */
export const endpointName = (config: S3Config): string => config.endpoint ?? `AWS S3 in ${config.region}`
