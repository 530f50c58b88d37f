import { parseIpv4 } from '../network/parse-address'
import { isAwsEndpoint } from './is-aws-endpoint'

/** The endpoint without the bucket's name, when it begins (`bucket.s3.example.com`) or ends (`/bucket`) with it; else null. */
export function endpointWithoutBucket(endpoint: string, bucket: string): { endpoint: string; certain: boolean } | null {
  const url = URL.parse(endpoint)
  if (!url || bucket === '') return null
  const segments = url.pathname.split('/').filter((segment) => segment !== '')
  if (segments.at(-1) === bucket) {
    const path = segments.slice(0, -1).map((segment) => `/${segment}`)
    return { endpoint: `${url.protocol}//${url.host}${path.join('')}`, certain: true }
  }
  const start = `${bucket.toLowerCase()}.`
  if (!url.hostname.startsWith(start) || parseIpv4(url.hostname) !== null) return null
  const rest = `${url.protocol}//${url.host.slice(start.length)}`
  // Elsewhere a bucket may be called like the host: `minio` at minio.example.com.
  return { endpoint: rest, certain: isAwsEndpoint(rest) }
}
