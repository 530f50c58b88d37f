import { clip } from '@/lib/core/clip'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { S3Config } from '@/lib/contracts/destination'
import { describeRefusal } from './describe-refusal'

/** What an SDK error says, whatever shape it has. */
export interface S3Fault {
  /** S3's code, such as NoSuchKey; for sockets the system's, such as ECONNRESET. */
  code: string
  status: number | undefined
  message: string
  /** The region that the bucket is in, when the store says so. */
  region: string | undefined
}

const socketCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'],
  ...['ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'UND_ERR_SOCKET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_SOCKET_CLOSED'],
  ...['TimeoutError', 'HPE_INVALID_CONSTANT', 'HPE_CLOSED_CONNECTION', 'HPE_INVALID_EOF_STATE'],
])
const tlsCode = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO$)/
/** 499 is a proxy's "client closed"; 409 a conflict of conditional requests, which S3 asks to repeat. */
const transientStatus = new Set([408, 409, 425, 429, 499, 500, 502, 503, 504])
const transientCode =
  /^(RequestTimeout|RequestTimeoutException|InternalError|ServiceUnavailable|SlowDown|Throttl|TooManyRequests|OperationAborted|ConditionalRequestConflict|BandwidthLimitExceeded|RequestLimitExceeded|EC2Throttled)/
const fullCode = /^(QuotaExceeded|XMinioStorageFull|InsufficientCapacity|StorageFull|XRateLimitQuota)/
/** The bytes were damaged on their way: sending them again may help. */
const digestCode = /^(BadDigest|InvalidDigest|XAmzContentSHA256Mismatch|XAmzContentChecksumMismatch|InvalidChecksum)/

export function readFault(error: unknown): S3Fault {
  const { name, message, code, Code, $metadata, $response } = fields(error)
  const response = fields($response)
  const headers = fields(response.headers)
  const status = number(fields($metadata).httpStatusCode) ?? number(response.statusCode)
  const s3Code = text(Code) ?? (text(name) === 'Unknown' || text(name) === 'Error' ? undefined : text(name))
  return {
    code: (status === undefined ? (text(code) ?? s3Code) : (s3Code ?? text(code))) ?? 'Unknown',
    status,
    message: text(message) === 'UnknownError' ? '' : (text(message) ?? ''),
    region: text(headers['x-amz-bucket-region']) ?? text(fields(error).Region),
  }
}

/** The store does not know a header or operation that was used: the caller goes on without it. */
export function isNotImplemented(error: unknown): boolean {
  const { code, status } = readFault(error)
  return status === 501 || status === 405 || code === 'NotImplemented' || code === 'XNotImplemented'
}

/** An SDK or socket error in the words of the storage port. */
export function classifyError(error: unknown, config: S3Config, key?: string): HoldfastError {
  if (error instanceof HoldfastError) return error
  const fault = readFault(error)
  const { code, status } = fault
  const endpoint = config.endpoint ?? `AWS S3 in ${config.region}`
  const facts = {
    bucket: config.bucket,
    endpoint,
    ...(key ? { key } : {}),
    s3Code: code,
    ...(status ? { status } : {}),
  }
  const make = (to: string, message: string, remedy?: string, transient = false) =>
    new HoldfastError(to, message, { facts, cause: error, transient, ...(remedy ? { remedy } : {}) })

  if (tlsCode.test(code)) {
    return make(
      'storage-unreachable',
      `The TLS certificate of ${endpoint} was not accepted (${code})`,
      'Check the address; for a private certificate authority set NODE_EXTRA_CA_CERTS to its certificate',
    )
  }
  if (socketCodes.has(code)) {
    return make(
      'storage-unreachable',
      code === 'TimeoutError' ? `${endpoint} stopped answering` : `${endpoint} cannot be reached (${code})`,
      'Check the endpoint, the network and the firewall',
      true,
    )
  }
  if (fullCode.test(code) || status === 507) {
    return make('storage-full', `The bucket ${config.bucket} is full (${code})`, 'Raise the quota or free space')
  }
  if (digestCode.test(code)) {
    return make('object-damaged', `The store received other bytes than were sent (${code})`, undefined, true)
  }
  if (code === 'NoSuchBucket') {
    return make('storage-not-found', `There is no bucket "${config.bucket}"`, 'Create the bucket, or correct its name')
  }
  if (code === 'InvalidObjectState') {
    return make(
      'object-archived',
      `${key ?? 'The object'} is in an archive class and cannot be read until the store has brought it back`,
      'Bring the copy back on the page of its backup (it takes the store some hours), or use another copy',
    )
  }
  const refusal = describeRefusal(fault, config)
  if (refusal) return make(refusal.code, refusal.message, refusal.remedy)
  if (code === 'NoSuchKey' || (status === 404 && key && code !== 'NoSuchUpload')) {
    return make('object-not-found', `There is no object ${key ?? ''} in the bucket ${config.bucket}`)
  }
  if (status === 412) return make('object-exists', `${key ?? 'The object'} exists already and is not overwritten`)
  // A 200 that carries an error is an error of the moment: S3 documents it for CompleteMultipartUpload.
  const transient =
    transientCode.test(code) || (status !== undefined && (transientStatus.has(status) || status === 200))
  const detail = [code, fault.message].filter((part) => part !== '' && part !== 'Unknown').join(': ')
  return make(
    'storage-failed',
    `The store answered ${status ?? 'with an error'}${detail ? ` (${detail})` : ''}`,
    transient ? 'It may pass by itself; look at the store if it does not' : undefined,
    transient,
  )
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
/** Of what a store says, as much as anybody reads. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? clip(value, 1_000) : undefined
}
function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
