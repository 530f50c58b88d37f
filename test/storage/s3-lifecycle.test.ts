import {
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  type LifecycleRule,
} from '@aws-sdk/client-s3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStorage } from '@/lib/storage'
import { startFaultProxy } from '../helpers/faults/fault-proxy'
import { makeTestRun } from '../helpers/run-context'
import { makeBucket, type TestBucket } from '../helpers/servers/s3'
import { testS3 } from '../helpers/servers/servers'

describe('the safety net', () => {
  let bucket: TestBucket
  beforeEach(async () => void (bucket = await makeBucket()))
  afterEach(() => bucket.close())

  const rules = async (): Promise<LifecycleRule[]> => {
    const answer = await bucket.client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket.name }))
    return answer.Rules ?? []
  }
  const ensure = async (config: Record<string, unknown> = {}, expireAfterDays: number | null = 400) => {
    const storage = openStorage(bucket.spec(config))
    try {
      return await storage.ensureSafetyNet?.(expireAfterDays, makeTestRun())
    } finally {
      await storage.close()
    }
  }

  it('is installed once, for our objects alone, and then found present', async () => {
    expect(await ensure({ prefix: 'team/a' }, 90)).toEqual({ state: 'installed' })
    const [rule, ...others] = await rules()
    expect(others).toEqual([])
    expect(rule).toMatchObject({
      ID: expect.stringMatching(/^holdfast-/),
      Status: 'Enabled',
      Filter: { Prefix: 'team/a/holdfast/v1/' },
      Expiration: { Days: 90 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    })
    expect(await ensure({ prefix: 'team/a' }, 90)).toEqual({ state: 'present' })
  })

  it('lets nothing expire when something is kept without a limit, and takes an earlier expiry away', async () => {
    await ensure({}, 400)
    expect(await ensure({}, null)).toEqual({ state: 'installed' })
    const [rule] = await rules()
    expect(rule?.Expiration).toBeUndefined()
    expect(rule?.AbortIncompleteMultipartUpload).toEqual({ DaysAfterInitiation: 7 })
  })

  it('keeps every rule that is not ours, and follows a changed number of days', async () => {
    const foreign: LifecycleRule[] = [
      { ID: 'logs', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 30 } },
      {
        ID: 'holdfast-by-hand',
        Status: 'Disabled',
        Filter: { And: { Prefix: 'x/', Tags: [{ Key: 'keep', Value: 'no' }] } },
        NoncurrentVersionExpiration: { NoncurrentDays: 5 },
      },
    ]
    await bucket.client.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: bucket.name,
        LifecycleConfiguration: { Rules: foreign },
      }),
    )
    const before = await rules()
    expect(await ensure({ prefix: 'a' })).toEqual({ state: 'installed' })
    expect(await ensure({ prefix: 'b' })).toEqual({ state: 'installed' })
    expect(await ensure({ prefix: 'a' }, 800)).toEqual({ state: 'installed' })
    const after = await rules()
    expect(after).toHaveLength(4)
    expect(after).toEqual(expect.arrayContaining(before))
    expect(after.map((rule) => rule.Expiration?.Days).toSorted()).toEqual([30, 400, 800, undefined].toSorted())
  })

  it('writes nothing when it is right, and nothing when it is switched off', async () => {
    await using proxy = await startFaultProxy(testS3().endpoint)
    expect(await ensure({ endpoint: proxy.endpoint, lifecycleSafetyNet: false })).toMatchObject({
      state: 'unsupported',
    })
    expect(proxy.requests).toEqual([])
    await ensure()
    await ensure({ endpoint: proxy.endpoint })
    expect(proxy.requests).toHaveLength(1)
  })

  it.each([
    [403, 'AccessDenied', 'refused'],
    [501, 'NotImplemented', 'unsupported'],
    [405, 'MethodNotAllowed', 'unsupported'],
  ])('answers %i %s with "%s", which is no failure', async (status, code, state) => {
    await using proxy = await startFaultProxy(testS3().endpoint)
    proxy.fail({ on: 'Other', fault: { kind: 'answer', status, code } })
    expect(await ensure({ endpoint: proxy.endpoint })).toMatchObject({ state })
  })
})
