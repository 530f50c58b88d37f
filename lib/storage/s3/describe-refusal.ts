import type { S3Config } from '@/lib/contracts/destination'
import type { S3Fault } from './classify-error'

/** Answers that mean "not with these settings", each with what to change. Null for every other fault. */
export function describeRefusal(
  fault: S3Fault,
  config: S3Config,
): { code: 'storage-denied' | 'storage-failed'; message: string; remedy: string } | null {
  const denied = (message: string, remedy: string) => ({ code: 'storage-denied' as const, message, remedy })
  switch (fault.code) {
    case 'InvalidAccessKeyId':
    case 'InvalidAccessKey':
      return denied('The store does not know this access key', 'Correct the access key id')
    case 'SignatureDoesNotMatch':
      return denied('The secret access key is wrong', 'Enter the secret that belongs to the access key id')
    case 'ExpiredToken':
    case 'ExpiredTokenException':
    case 'InvalidToken':
      return denied('The session token is expired or invalid', 'Renew the credentials')
    case 'RequestTimeTooSkewed':
    case 'RequestExpired':
      return denied("This machine's clock differs too much from the store's", 'Set the clock (NTP)')
    case 'CredentialsProviderError':
      return denied(
        'No credentials were found',
        'Enter an access key, or give the worker a profile, environment variables or an instance role',
      )
    case 'AuthorizationHeaderMalformed':
    case 'PermanentRedirect':
    case 'TemporaryRedirect':
    case 'IllegalLocationConstraintException':
      return wrongRegion(fault, config)
    case 'KMS.DisabledException':
    case 'KMS.NotFoundException':
    case 'KMS.KMSInvalidStateException':
      return denied(`The KMS key cannot be used (${fault.code})`, 'Enable the key, or choose another')
  }
  if (fault.status === 301 || fault.status === 307 || fault.status === 308) return wrongRegion(fault, config)
  if (fault.status === 401 || fault.status === 403 || fault.code === 'AccessDenied') {
    return denied(
      `The store refused access to the bucket ${config.bucket}${fault.message ? `: ${fault.message}` : ''}`,
      'Check the key and its permissions: Holdfast needs PutObject, GetObject, DeleteObject, ListBucket, AbortMultipartUpload and ListBucketMultipartUploads',
    )
  }
  return null
}

function wrongRegion(fault: S3Fault, config: S3Config) {
  const where = fault.region
    ? `in the region ${fault.region}, not ${config.region}`
    : `not in the region ${config.region}`
  return {
    code: 'storage-failed' as const,
    message: `The bucket ${config.bucket} is ${where}`,
    remedy: fault.region ? `Set the region to ${fault.region}` : "Set the bucket's region",
  }
}
