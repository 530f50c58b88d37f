/** One of the addresses of AWS for S3, such as https://s3.eu-central-1.amazonaws.com; none with a bucket before it. */
export function isAwsEndpoint(endpoint: string): boolean {
  const host = URL.parse(endpoint)?.hostname ?? ''
  return /^s3[.-](?:[a-z0-9-]+\.)*amazonaws\.com(?:\.cn)?$/.test(host)
}
