import { HeadBucketCommand } from '@aws-sdk/client-s3'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { s3ConfigSchema } from '@/lib/contracts/destinations/s3'
import { makeClient } from '@/lib/storage/s3/connection/client'

describe('the S3 client', () => {
  afterEach(() => vi.unstubAllEnvs())

  /** Where a request would go; it is stopped before it leaves. */
  async function target(config: Record<string, unknown>) {
    const client = makeClient(s3ConfigSchema.parse({ bucket: 'backups', ...config }), 'secret', 1_000)
    let request: unknown
    client.middlewareStack.add(
      () => async (args) => {
        request = args.request
        throw new Error('stopped')
      },
      { step: 'finalizeRequest', priority: 'low' },
    )
    await expect(client.send(new HeadBucketCommand({ Bucket: 'backups' }))).rejects.toThrow('stopped')
    client.destroy()
    const { hostname, headers } = request as { hostname: string; headers: Record<string, string> }
    return { hostname, authorization: headers['authorization'] }
  }

  it('goes where the destination says, whatever the environment says', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://elsewhere.invalid')
    vi.stubEnv('AWS_ENDPOINT_URL_S3', 'http://elsewhere.invalid')
    vi.stubEnv('AWS_REGION', 'us-gov-west-1')
    vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true')
    vi.stubEnv('AWS_USE_DUALSTACK_ENDPOINT', 'true')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'ENVIRONMENT')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'environment')
    const aws = await target({ region: 'eu-central-1', accessKeyId: 'CONFIGURED' })
    expect(aws.hostname).toBe('backups.s3.eu-central-1.amazonaws.com')
    expect(aws.authorization).toContain('Credential=CONFIGURED/')
    const own = await target({ endpoint: 'https://s3.example.com', forcePathStyle: true, accessKeyId: 'CONFIGURED' })
    expect(own.hostname).toBe('s3.example.com')
  })

  it('takes credentials from the default chain when the destination has none', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'ENVIRONMENT')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'environment')
    const own = await target({ endpoint: 'https://s3.example.com', forcePathStyle: true })
    expect(own.authorization).toContain('Credential=ENVIRONMENT/')
  })
})
