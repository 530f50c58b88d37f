import type { S3Client } from '@aws-sdk/client-s3'
import type { S3Config } from '@/lib/contracts/destinations/s3'
import { defaultRetryPolicy, type RetryPolicy } from '../retry'
import { makeClient } from './connection/client'

/** What tests make shorter or smaller. */
export interface S3Tuning {
  retry: RetryPolicy
  /** A request without a byte for so long has stalled. */
  stallMs: number
  firstPartBytes: number
}

export const defaultTuning: S3Tuning = {
  retry: defaultRetryPolicy,
  stallMs: 60_000,
  firstPartBytes: 8 * 1024 * 1024,
}

/** One opened bucket: what every verb of this folder works on. */
export interface S3Store {
  client: S3Client
  /** For GET bodies: without the socket's own idle limit, because a slow consumer is not a stalled store. */
  reader: S3Client
  config: S3Config
  tuning: S3Tuning
  /** What the store has not refused so far; a store that answers "not implemented" loses the flag for good. */
  features: { conditionalCreate: boolean; reportsChecksum: boolean }
  /** Name in the bucket of a key, and back. */
  name(key: string): string
  key(name: string): string
}

export function openStore(config: S3Config, secret: string | null, tuning: Partial<S3Tuning> = {}): S3Store {
  const all = { ...defaultTuning, ...tuning }
  const prefix = config.prefix === '' ? '' : `${config.prefix}/`
  return {
    client: makeClient(config, secret, all.stallMs),
    reader: makeClient(config, secret, 0),
    config,
    tuning: all,
    features: { conditionalCreate: true, reportsChecksum: true },
    name: (key) => prefix + key,
    key: (name) => name.slice(prefix.length),
  }
}
