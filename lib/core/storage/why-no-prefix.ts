import { backupFolder } from '../repository/paths'

/** S3's limit on a whole name. */
const mostKeyBytes = 1_024
/** Of the names of files in a backup's folder; the longest has about 30. */
const longestFileBytes = 64
const anyId = '00000000-0000-0000-0000-000000000000'
/** The longest prefix that still leaves room for our longest key. */
export const mostPrefixBytes =
  mostKeyBytes - longestFileBytes - '/'.length - backupFolder(anyId, anyId, new Date(0)).length
/** Stores that keep objects as files take no longer names between slashes. */
const mostSegmentBytes = 255

const bytesOf = (text: string): number => new TextEncoder().encode(text).length

/** A prefix without the slashes and blanks around it, which mean nothing. */
export const barePrefix = (text: string): string => text.replace(/^[\s/]+|[\s/]+$/g, '')

/** Why objects cannot have this prefix in every store, and what to enter instead; null when they can. */
export function whyNoPrefix(prefix: string): string | null {
  if (prefix === '') return null
  if (/^s3:/i.test(prefix)) return 'Enter what stands behind the name of the bucket, such as backups/production'
  if (/[\u0000-\u001f\u007f\\]/.test(prefix)) return 'A prefix has no backslashes and no control characters'
  const segments = prefix.split('/')
  if (segments.includes('')) return 'Put one slash between the parts of a prefix, not two'
  if (segments.some((segment) => segment === '.' || segment === '..'))
    return 'A prefix has no part that is only dots: write out the folder that is meant'
  if (segments.some((segment) => bytesOf(segment) > mostSegmentBytes))
    return `Shorten the prefix: between two slashes it may have ${mostSegmentBytes} bytes`
  if (bytesOf(prefix) > mostPrefixBytes)
    return `Shorten the prefix: it may have ${mostPrefixBytes} bytes, so that the names of all objects fit into the ${mostKeyBytes} of S3`
  return null
}
