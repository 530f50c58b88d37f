import { parseIpv4 } from '../network/parse-address'
import { isAwsEndpoint } from './is-aws-endpoint'

/** How requests name the bucket: in the path, or in front of the host. */
interface Addressing {
  endpoint?: string | undefined
  forcePathStyle: boolean
}

/** `s3://bucket` and a slash at the end, as other tools write it. */
export const bareBucket = (text: string): string => text.replace(/^s3:\/\/(?=[^/])/i, '').replace(/(?<=[^/])\/+$/, '')

/**
 * Why no bucket can have this name, and what to enter instead; null when one can. No message says again what was entered.
 * S3's rules: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html. Stores of others may have
 * more names (Swift and Ceph have capitals and underscores), which are only reached in a path.
 */
export function whyNoBucket(bucket: string, { endpoint, forcePathStyle }: Addressing): string | null {
  if (bucket === '') return 'Enter the name of the bucket'
  if (/^(?:https?|s3|arn):/i.test(bucket) || /[/\\]/.test(bucket)) {
    return 'Enter the name of the bucket alone: its address is the endpoint, and what stands behind its name is the prefix'
  }
  if (bucket.length < 3 || bucket.length > 63) return 'The name of a bucket has 3 to 63 characters'
  if (parseIpv4(bucket) !== null && bucket.includes('.')) return 'Enter the name of the bucket; this is an address'
  if (bucket.includes('..')) return 'No bucket has two dots in a row in its name'
  if (/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/.test(bucket)) {
    const reserved = /^(?:xn--|sthree-|amzn-s3-demo-)/.test(bucket)
    return reserved ? 'S3 keeps names that begin like this for itself: look up the name of the bucket' : null
  }
  const others = endpoint !== undefined && !isAwsEndpoint(endpoint)
  if (others && forcePathStyle && /^(?:\w+:)?[\w.-]+$/.test(bucket)) return null
  const rule =
    'The name of a bucket has lower-case letters, digits, dots and hyphens, and begins and ends with a letter or digit'
  return others ? `${rule}. If the store has other names as well, turn on path-style addresses` : rule
}
