import { HoldfastError } from '@/lib/core/holdfast-error'
import type { S3Config } from '@/lib/contracts/destinations/s3'
import type { ErrorCode } from '@/lib/contracts/error-code'
import { endpointWithoutBucket } from '@/lib/core/storage/endpoint-without-bucket'
import { describeNetwork, hasBucketInHost, pathStyleHint } from './connection/describe-network'
import { describeRefusal } from './connection/describe-refusal'
import { describeStranger } from './connection/describe-stranger'
import { endpointName } from './connection/endpoint-name'
import { readFault, type S3Fault } from './connection/read-fault'
import { operationOf } from './connection/watch-answers'

/** 499 is a proxy's "client closed"; 409 a conflict of conditional requests, which S3 asks to repeat. */
const transientStatus = new Set([408, 409, 425, 429, 499, 500, 502, 503, 504])
const transientCode =
  /^(RequestTimeout|RequestTimeoutException|InternalError|ServiceUnavailable|SlowDown|Throttl|TooManyRequests|OperationAborted|ConditionalRequestConflict|BandwidthLimitExceeded|RequestLimitExceeded|EC2Throttled)/
const fullCode = /^(QuotaExceeded|XMinioStorageFull|InsufficientCapacity|StorageFull|XRateLimitQuota)/
/** The bytes were damaged on their way: sending them again may help. */
const digestCode = /^(BadDigest|InvalidDigest|XAmzContentSHA256Mismatch|XAmzContentChecksumMismatch|InvalidChecksum)/

/** An SDK or socket error in the words of the storage port. */
export function classifyError(error: unknown, config: S3Config, key?: string): HoldfastError {
  if (error instanceof HoldfastError) return error
  const fault = readFault(error)
  const { code, status } = fault
  const endpoint = endpointName(config)
  const facts = {
    bucket: config.bucket,
    endpoint,
    ...(key ? { key } : {}),
    s3Code: code,
    ...(status ? { status } : {}),
  }
  const make = (to: ErrorCode, message: string, remedy?: string, transient = false) =>
    new HoldfastError(to, message, { facts, cause: error, transient, ...(remedy ? { remedy } : {}) })

  const network = describeNetwork(fault, config)
  if (network) return make('storage-unreachable', network.message, network.remedy, network.transient)
  const stranger = describeStranger(fault, config)
  if (stranger) return make('storage-failed', stranger.message, withPlace(stranger.remedy, config))
  if (fullCode.test(code) || status === 507) {
    return make('storage-full', `The bucket ${config.bucket} is full (${code})`, 'Raise the quota or free space')
  }
  if (digestCode.test(code)) {
    return make('object-damaged', `The store received other bytes than were sent (${code})`, undefined, true)
  }
  if (code === 'NoSuchBucket') {
    return make('storage-not-found', `There is no bucket "${config.bucket}"`, noBucket(fault, config))
  }
  if (code === 'InvalidObjectState') {
    return make(
      'object-archived',
      `${key ?? 'The object'} is in an archive class and cannot be read until the store has brought it back`,
      'Bring the copy back on the page of its backup (it takes the store some hours), or use another copy',
    )
  }
  const refusal = describeRefusal(fault, config, operationOf(error))
  if (refusal) return make(refusal.code, refusal.message, refusal.remedy)
  if (code === 'NoSuchKey' || (status === 404 && key && code !== 'NoSuchUpload')) {
    return objectNotFound(key ?? '', config, { facts, cause: error })
  }
  if (status === 412) return make('object-exists', `${key ?? 'The object'} exists already and is not overwritten`)
  // A 200 that carries an error is an error of the moment: S3 documents it for CompleteMultipartUpload.
  const transient =
    transientCode.test(code) || (status !== undefined && (transientStatus.has(status) || status === 200))
  const detail = [code, fault.message].filter((part) => part !== '' && part !== 'Unknown').join(': ')
  return make(
    'storage-failed',
    `The store answered ${status ?? 'with an error'}${detail ? ` (${detail})` : ''}`,
    transient
      ? 'It may pass by itself; look at the store if it does not'
      : 'Compare the settings of the destination with what the store says here, and look at the log of the store',
    transient,
  )
}

export function objectNotFound(
  key: string,
  { bucket }: S3Config,
  about: { facts?: Record<string, unknown>; cause?: unknown } = {},
): HoldfastError {
  return new HoldfastError('object-not-found', `There is no object ${key} in the bucket ${bucket}`, {
    remedy: 'Something other than Holdfast removed it: use another copy, and check who else may delete there',
    ...about,
  })
}

function noBucket({ bucketName }: S3Fault, config: S3Config): string {
  const advice = 'Create the bucket, or correct its name'
  // It read another part of the address as the bucket: the host that begins with the bucket means nothing to it.
  const elsewhere = bucketName !== undefined && bucketName !== config.bucket
  if (elsewhere && hasBucketInHost(config))
    return withPlace(`The store looked for "${bucketName}": ${pathStyleHint}`, config)
  return withPlace(elsewhere ? `${advice}: the store looked for "${bucketName}"` : advice, config)
}

/** Advice, with a word about an endpoint that holds the bucket's name besides. */
function withPlace(advice: string, { endpoint, bucket }: S3Config): string {
  const without = endpointWithoutBucket(endpoint ?? '', bucket)
  return without
    ? `${advice}. The endpoint holds the name of the bucket; without it, it is ${without.endpoint}`
    : advice
}
