import type { S3Config } from '@/lib/contracts/destinations/s3'
import { spellDuration } from '@/lib/core/alert/spell-duration'
import { permissionsOf } from '@/lib/storage/s3/probing/permissions'
import type { S3Fault } from './read-fault'

type Refusal = { code: 'storage-denied' | 'storage-failed'; message: string; remedy: string }

const denied = (message: string, remedy: string): Refusal => ({ code: 'storage-denied', message, remedy })
const failed = (message: string, remedy: string): Refusal => ({ code: 'storage-failed', message, remedy })

/** S3 takes requests that are signed within so much of its own time. */
const toleratedSkewMs = 15 * 60_000

/**
 * Answers that mean "not with these settings", each with what to change. Null for every other fault. `operation` is the
 * SDK's name of what was refused.
 */
export function describeRefusal(
  fault: S3Fault,
  config: S3Config,
  operation?: string,
  now = new Date(),
): Refusal | null {
  switch (fault.code) {
    case 'InvalidAccessKeyId':
    case 'InvalidAccessKey':
    case 'InvalidClientTokenId':
      return denied('The store does not know this access key', 'Correct the access key id')
    case 'SignatureDoesNotMatch':
      return denied(
        'The secret access key is wrong',
        'Enter the secret that belongs to the access key id. If it is right, a server in between changes the requests (its host or path), which breaks their signature',
      )
    case 'ExpiredToken':
    case 'ExpiredTokenException':
    case 'InvalidToken':
    case 'TokenRefreshRequired':
      return denied('The session token is expired or invalid', 'Renew the credentials')
    case 'RequestTimeTooSkewed':
    case 'RequestExpired':
      return wrongClock(fault, now)
    case 'CredentialsProviderError':
      return denied(
        'No credentials were found',
        'Enter an access key, or give the worker a profile, environment variables or an instance role',
      )
    case 'AuthorizationHeaderMalformed':
      return fault.region ? wrongRegion(fault, config) : malformed(fault, config)
    case 'PermanentRedirect':
    case 'TemporaryRedirect':
    case 'IllegalLocationConstraintException':
    case 'InvalidRegionName':
    case 'InvalidRegion':
      return wrongRegion(fault, config)
    case 'InvalidBucketName':
      return failed(`The store takes no bucket named "${config.bucket}"`, 'Correct the name of the bucket')
    case 'KeyTooLong':
    case 'KeyTooLongError':
    case 'XMinioInvalidObjectName':
      return failed(
        `The store does not take names with this prefix (${fault.code})`,
        'Choose a shorter prefix, of plain letters, digits and single slashes',
      )
    case 'InvalidStorageClass':
      return failed('The store does not have this storage class', 'Choose another storage class, or none')
    case 'KMS.DisabledException':
    case 'KMS.NotFoundException':
    case 'KMS.KMSInvalidStateException':
      return denied(`The KMS key cannot be used (${fault.code})`, 'Enable the key, or choose another')
  }
  const redirected = fault.status === 301 || fault.status === 307 || fault.status === 308
  if (redirected || (fault.status === 400 && fault.region && fault.region !== config.region))
    return wrongRegion(fault, config)
  if (fault.status !== 401 && fault.status !== 403 && fault.code !== 'AccessDenied') return null
  if (Math.abs(skewOf(fault, now)) > toleratedSkewMs) return wrongClock(fault, now)
  const said = fault.message ? `: ${fault.message}` : ''
  const what = operation ? ` (${operation})` : ''
  return denied(`The store refused access to the bucket ${config.bucket}${what}${said}`, permissionsOf(operation))
}

function wrongRegion(fault: S3Fault, config: S3Config): Refusal {
  const where = fault.region
    ? `in the region ${fault.region}, not ${config.region}`
    : `not in the region ${config.region}`
  const said = !fault.region && fault.message ? `: ${fault.message}` : ''
  return failed(
    `The bucket ${config.bucket} is ${where}${said}`,
    fault.region ? `Set the region to ${fault.region}` : "Set the bucket's region",
  )
}

/** Stores answer this for a wrong region and for an impossible key; the rest of the answer shows which. */
function malformed(fault: S3Fault, config: S3Config): Refusal {
  return failed(
    `The store does not take the region ${config.region} or this access key id${fault.message ? `: ${fault.message}` : ''}`,
    'Set the region that the store expects, and correct the access key id',
  )
}

/** How far this machine's clock is ahead of the store's, which every answer names; 0 when it does not. */
const skewOf = ({ date }: S3Fault, now: Date): number => (date ? now.getTime() - date.getTime() : 0)

function wrongClock(fault: S3Fault, now: Date): Refusal {
  const skew = skewOf(fault, now)
  const far = Math.abs(skew) > 60_000
  const how = far ? `is ${spellDuration(Math.abs(skew))} ${skew > 0 ? 'ahead of' : 'behind'}` : 'differs too much from'
  return denied(`This machine's clock ${how} the store's`, 'Set the clock (NTP), of this machine or of the store')
}
