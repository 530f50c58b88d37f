import { clip } from '@/lib/core/clip'

/** What an SDK error says, whatever shape it has. */
export interface S3Fault {
  /** S3's code, such as NoSuchKey; for sockets the system's, such as ECONNRESET. */
  code: string
  /** True when the answer's own body named the code: answers to HEAD have none, and strangers do not write any. */
  coded: boolean
  status: number | undefined
  message: string
  /** The region that the bucket is in, when the store says so. */
  region: string | undefined
  /** The bucket that the store looked for, when it says so. */
  bucketName: string | undefined
  /** The store's own clock, when the answer has it. */
  date: Date | undefined
  contentType: string
  /** Where a redirect leads. */
  location: string | undefined
  /** What the answer held when that was no XML. */
  body: string | undefined
  /** The host of a name that could not be found. */
  hostname: string | undefined
}

export function readFault(error: unknown): S3Fault {
  const of = fields(error)
  const response = fields(of['$response'])
  const headers = fields(response['headers'])
  const status = number(fields(of['$metadata'])['httpStatusCode']) ?? number(response['statusCode'])
  const [name, code, said] = [text(of['name']), text(of['code']), text(of['Code'])]
  const s3Code = said ?? (name === 'Unknown' || name === 'Error' ? undefined : name)
  const body = text(of['$responseBodyText'])
  const message = text(of['message'])
  return {
    code: (status === undefined ? (code ?? s3Code) : (s3Code ?? code)) ?? 'Unknown',
    coded: said !== undefined,
    status,
    // What the SDK says of a body that is no XML helps nobody; the body does.
    message: message === undefined || message === 'UnknownError' || body !== undefined ? '' : message,
    region: text(headers['x-amz-bucket-region']) ?? text(of['Region']),
    bucketName: text(of['BucketName']),
    date: date(headers['date']),
    contentType: text(headers['content-type']) ?? '',
    location: text(headers['location']),
    body,
    hostname: text(of['hostname']),
  }
}

/**
 * True for an answer that no S3 store gives: a web page, or a refusal whose body is not S3's. What servers in between
 * say while the store is away (5xx, too many requests) is about the store all the same.
 */
export function isStranger({ status, coded, contentType, body }: S3Fault): boolean {
  if (status === undefined || coded || status >= 500 || [408, 425, 429, 499].includes(status)) return false
  return body !== undefined || /^text\/html\b/i.test(contentType)
}

/** The store does not know a header or operation that was used: the caller goes on without it. */
export function isNotImplemented(error: unknown): boolean {
  const fault = readFault(error)
  const { code, status } = fault
  if (isStranger(fault)) return false
  return status === 501 || status === 405 || code === 'NotImplemented' || code === 'XNotImplemented'
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
function date(value: unknown): Date | undefined {
  const read = new Date(typeof value === 'string' ? value : '')
  return Number.isNaN(read.getTime()) ? undefined : read
}
