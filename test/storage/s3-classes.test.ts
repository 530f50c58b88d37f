import {
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  type LifecycleRule,
} from '@aws-sdk/client-s3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ClassTransition } from '@/lib/ports/storage'
import { openStorage } from '@/lib/storage'
import { startFaultProxy } from '../helpers/faults/fault-proxy'
import { makeTestRun } from '../helpers/run-context'
import { makeBucket, type TestBucket } from '../helpers/servers/s3'
import { testS3 } from '../helpers/servers/servers'

describe('storage classes of a bucket', () => {
  let bucket: TestBucket
  beforeEach(async () => void (bucket = await makeBucket()))
  afterEach(() => bucket.close())

  const rules = async (): Promise<LifecycleRule[]> => {
    try {
      const answer = await bucket.client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket.name }))
      return answer.Rules ?? []
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchLifecycleConfiguration') return []
      throw error
    }
  }
  const withStorage = async <T>(ask: (storage: ReturnType<typeof openStorage>) => Promise<T>, config = {}) => {
    const storage = openStorage(bucket.spec(config))
    try {
      return await ask(storage)
    } finally {
      await storage.close()
    }
  }
  const ensure = (transitions: ClassTransition[], config = {}) =>
    withStorage(async (storage) => storage.ensureTransitions?.(transitions, makeTestRun()), config)

  it('objects move by age by a rule of Holdfast, which is changed and taken away again; other rules stay', async () => {
    const foreign: LifecycleRule = {
      ID: 'logs',
      Status: 'Enabled',
      Filter: { Prefix: 'logs/' },
      Expiration: { Days: 30 },
    }
    await bucket.client.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket: bucket.name, LifecycleConfiguration: { Rules: [foreign] } }),
    )
    const before = await rules()
    const to = (afterDays: number): ClassTransition => ({ afterDays, storageClass: 'STANDARD' })
    expect(await ensure([to(30)], { prefix: 'team' })).toEqual({ state: 'installed' })
    expect(await ensure([to(30)], { prefix: 'team' })).toEqual({ state: 'present' })
    await withStorage(async (storage) => storage.ensureSafetyNet?.(400, makeTestRun()), { prefix: 'team' })
    expect(await ensure([to(60)], { prefix: 'team' })).toEqual({ state: 'installed' })
    const after = await rules()
    expect(after).toHaveLength(3)
    expect(after).toEqual(expect.arrayContaining(before))
    const ours = after.find((rule) => rule.ID?.startsWith('holdfast-class-'))
    expect(ours?.Transitions).toEqual([{ Days: 60, StorageClass: 'STANDARD' }])
    expect(JSON.stringify(ours?.Filter)).toContain('team/holdfast/v1/')
    expect(await ensure([], { prefix: 'team' })).toEqual({ state: 'absent' })
    expect((await rules()).map((rule) => rule.ID).sort()).toEqual(
      after.flatMap((rule) => (rule === ours ? [] : rule.ID)).sort(),
    )
  })

  it('leaves no lifecycle behind when the only rule was ours, and writes none when none is wanted', async () => {
    expect(await ensure([])).toEqual({ state: 'absent' })
    await ensure([{ afterDays: 30, storageClass: 'STANDARD' }])
    expect(await rules()).toHaveLength(1)
    expect(await ensure([])).toEqual({ state: 'absent' })
    expect(await rules()).toEqual([])
  })

  it('says what the store says when it refuses a class', async () => {
    await using proxy = await startFaultProxy(testS3().endpoint)
    const body =
      '<Error><Code>InvalidArgument</Code><Message>Days must be at least 30 for STANDARD_IA</Message></Error>'
    proxy.fail({ on: 'Other', fault: { kind: 'answer', status: 400, body } })
    expect(await ensure([{ afterDays: 1, storageClass: 'STANDARD_IA' }], { endpoint: proxy.endpoint })).toEqual({
      state: 'refused',
      detail: expect.stringContaining('at least 30'),
    })
  })

  it('the class of an object is shown, by name and in lists', async () => {
    await bucket.write('holdfast/v1/x', 'x')
    await withStorage(async (storage) => {
      expect(await storage.head('holdfast/v1/x', makeTestRun())).toMatchObject({ storageClass: 'STANDARD' })
      for await (const object of storage.list('holdfast/', makeTestRun())) {
        expect(object).toMatchObject({ storageClass: 'STANDARD' })
      }
    })
  })

  it('an archived object cannot be read, and the error says what to do', async () => {
    await using proxy = await startFaultProxy(testS3().endpoint)
    await bucket.write('holdfast/v1/x', 'x')
    proxy.fail({ on: 'GetObject', fault: { kind: 'answer', status: 403, code: 'InvalidObjectState' } })
    await withStorage(
      async (storage) => {
        const stream = await storage.get('holdfast/v1/x', null, makeTestRun())
        const read = (async () => {
          for await (const _ of stream) void _
        })()
        await expect(read).rejects.toMatchObject({
          code: 'object-archived',
          transient: false,
          remedy: expect.stringContaining('Bring the copy back'),
        })
      },
      { endpoint: proxy.endpoint },
    )
    expect(proxy.count('GetObject')).toBe(1)
  })

  describe('bringing an archived object back', () => {
    const archived = { 'x-amz-storage-class': 'GLACIER' }
    const thaw = async (prepare: (proxy: Awaited<ReturnType<typeof startFaultProxy>>) => void) => {
      await using proxy = await startFaultProxy(testS3().endpoint)
      await bucket.write('holdfast/v1/x', 'x')
      prepare(proxy)
      return await withStorage(async (storage) => storage.thaw?.(['holdfast/v1/x'], 7, makeTestRun()), {
        endpoint: proxy.endpoint,
      })
    }
    it('asks for it, and tells when it was asked before', async () => {
      const head = { on: 'HeadObject', fault: { kind: 'set-headers', headers: archived } } as const
      const answer = (status: number, code?: string) =>
        ({ on: 'PostObject', fault: { kind: 'answer', status, ...(code ? { code } : { body: '' }) } }) as const
      const asked = await thaw((proxy) => {
        proxy.fail(head)
        proxy.fail(answer(202))
      })
      expect(asked).toBe('requested')
      const again = await thaw((proxy) => {
        proxy.fail(head)
        proxy.fail(answer(409, 'RestoreAlreadyInProgress'))
      })
      expect(again).toBe('under-way')
      await expect(
        thaw((proxy) => {
          proxy.fail(head)
          proxy.fail(answer(501, 'NotImplemented'))
        }),
      ).rejects.toMatchObject({ code: 'thaw-unsupported' })
    })
    it.each([
      ['is under way', { ...archived, 'x-amz-restore': 'ongoing-request="true"' }, 'under-way'],
      ['has come', { ...archived, 'x-amz-restore': 'ongoing-request="false", expiry-date="x"' }, 'readable'],
      ['was never away', {}, 'readable'],
    ] as const)('asks for nothing when it %s', async (_, headers, state) => {
      expect(
        await thaw((proxy) => {
          proxy.fail({ on: 'HeadObject', fault: { kind: 'set-headers', headers } })
          proxy.fail({ on: 'PostObject', fault: { kind: 'refuse' } })
        }),
      ).toBe(state)
    })
  })
})
