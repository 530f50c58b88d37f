import { describe, expect, it } from 'vitest'
import type { DestinationSpec } from '@/lib/ports/storage'
import { openStorage } from '@/lib/storage'
import { startFaultProxy } from '../helpers/faults/fault-proxy'
import { makeTestRun } from '../helpers/run-context'
import { makeBucket } from '../helpers/servers/s3'
import { testS3 } from '../helpers/servers/servers'

async function probe(spec: DestinationSpec) {
  const storage = openStorage(spec)
  try {
    return await storage.probe(makeTestRun())
  } finally {
    await storage.close()
  }
}

describe('testing an S3 destination', () => {
  it('reports what the bucket supports', async () => {
    const bucket = await makeBucket({ objectLock: true })
    const report = await probe(bucket.spec())
    const results = Object.fromEntries(report.checks.map((check) => [check.name, check.result]))
    expect(results).toEqual({
      write: 'ok',
      read: 'ok',
      list: 'ok',
      delete: 'ok',
      multipart: 'ok',
      checksums: 'ok',
      'conditional-writes': 'ok',
      lifecycle: 'ok',
      versioning: 'ok',
      'object-lock': 'ok',
    })
    expect(report.ok).toBe(true)
    expect(await bucket.names()).toEqual([])
    bucket.close()
  })

  it('tells a store that overwrites from one that refuses (fault 35)', async () => {
    const bucket = await makeBucket()
    await using proxy = await startFaultProxy(testS3().endpoint)
    const fault = { kind: 'answer', status: 501, code: 'NotImplemented' } as const
    proxy.fail({ on: 'PutObject', fault, after: 2, times: 1 })
    const report = await probe(bucket.spec({ endpoint: proxy.endpoint }))
    expect(report.checks).toContainEqual(expect.objectContaining({ name: 'conditional-writes', result: 'unsupported' }))
    expect(report.ok).toBe(true)
    bucket.close()
  })

  it.each<[string, Record<string, unknown>, string | undefined, string, RegExp]>([
    ['a wrong secret', {}, 'not-the-secret', 'storage-denied', /secret access key is wrong|refused access/],
    ['an unknown key', { accessKeyId: 'AKNOBODY' }, undefined, 'storage-denied', /does not know|refused access/],
    ['a bucket that is not there', { bucket: 'holdfast-no-such-bucket' }, undefined, 'storage-not-found', /no bucket/],
    ['a port where nothing listens', { endpoint: 'http://127.0.0.1:9' }, undefined, 'storage-unreachable', /reached/],
    ['a host that does not exist', { endpoint: 'http://s3.invalid' }, undefined, 'storage-unreachable', /reached/],
    ['https where http is spoken', { endpoint: 'https' }, undefined, 'storage-unreachable', /TLS|reached/],
  ])('says what is wrong: %s', async (_what, change, secret, code, message) => {
    const bucket = await makeBucket()
    const config = { ...change }
    if (config['endpoint'] === 'https') config['endpoint'] = testS3().endpoint.replace('http:', 'https:')
    const report = await probe(bucket.spec(config, secret))
    expect(report).toMatchObject({ ok: false, error: { code } })
    expect(report.error?.message).toMatch(message)
    expect(report.error?.remedy).toBeTruthy()
    expect(JSON.stringify(report)).not.toContain(secret ?? testS3().secretAccessKey)
    bucket.close()
  })

  it('names the region that the bucket is in', async () => {
    const bucket = await makeBucket()
    await using proxy = await startFaultProxy(testS3().endpoint)
    const headers = { 'x-amz-bucket-region': 'eu-central-1' }
    const fault = { kind: 'answer', status: 301, code: 'PermanentRedirect', headers } as const
    for (const on of ['PutObject', 'HeadObject'] as const) proxy.fail({ on, fault })
    const report = await probe(bucket.spec({ endpoint: proxy.endpoint }))
    expect(report.error).toMatchObject({ code: 'storage-failed', remedy: 'Set the region to eu-central-1' })
    bucket.close()
  })
})
