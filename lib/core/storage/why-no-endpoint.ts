import { endpointWithoutBucket } from './endpoint-without-bucket'

/** A host without a scheme is meant as https, the safer of the two; the test of the destination says when it speaks none. */
export function completeEndpoint(text: string): string {
  return text === '' || /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
}

/** Why S3 is not at this address, and what to enter instead; null when it may be. No message says again what was entered. */
export function whyNoEndpoint(endpoint: string, bucket: string): string | null {
  const url = URL.parse(endpoint)
  if (!url) return null
  if (url.search !== '' || url.hash !== '')
    return 'Enter the address of the S3 API, without what stands behind a ? or #; this may be the address of a web console'
  if (/(?:^|\.)console\.(?:aws\.)?amazon(?:aws)?\.(?:com|cn)$/.test(url.hostname))
    return 'This is the web console of AWS: leave the endpoint empty and enter the region'
  const without = endpointWithoutBucket(endpoint, bucket)
  return without?.certain ? 'Leave the name of the bucket out of the endpoint: it has a field of its own' : null
}
