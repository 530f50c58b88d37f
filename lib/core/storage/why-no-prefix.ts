import { logKey } from '../repository/log-paths'
import { mostNameBytes } from '../repository/safe-name'

/** S3's limit on a whole name. */
const mostKeyBytes = 1_024
/** A slice of a log has the longest key of all; the names in it are the engine's. */
const longestName = 'x'.repeat(mostNameBytes)
const longestKey = logKey(
  { sourceId: '00000000-0000-0000-0000-000000000000', identity: longestName, timeline: longestName },
  {
    kind: 'slice',
    segment: { number: 0, name: longestName },
    ...{ from: 0, to: 1, compression: 'zstd', encryption: 'age' },
  },
)
/** The longest prefix that still leaves room for our longest key. */
export const mostPrefixBytes = mostKeyBytes - '/'.length - longestKey.length
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
