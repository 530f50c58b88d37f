import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import type { Storage } from '@/lib/ports/storage'
import type { Fault, S3Operation } from '../helpers/faults/fault-proxy'
import { makeTestRun } from '../helpers/run-context'
import { attempts, mebibyte, openFaulty } from './faulty-bucket'
import { collect, pieces } from './streams'

const passing: Fault[] = [
  { kind: 'refuse' },
  { kind: 'reset', afterRequestBytes: 0 },
  ...[408, 409, 429, 499, 500, 502, 503, 504].map((status): Fault => ({ kind: 'answer', status })),
  { kind: 'answer', status: 400, code: 'RequestTimeout' },
  { kind: 'answer', status: 502, body: '<html>Bad gateway</html>', headers: { 'content-type': 'text/html' } },
]
const small = randomBytes(1_000)
const large = randomBytes(12 * mebibyte)

/** One of everything; answers the bytes that came back. */
async function useAll(storage: Storage): Promise<Buffer[]> {
  const run = makeTestRun()
  await storage.put('a/small', pieces(small, 300), {}, run)
  await storage.put('a/large', pieces(large, 70_000), {}, run)
  const back = [
    await buffer(await storage.get('a/small', null, run)),
    await buffer(await storage.get('a/large', null, run)),
  ]
  expect(await collect(storage.list('a/', run))).toHaveLength(2)
  expect(await storage.abortUploads('a/', run)).toEqual([])
  const outcomes = await storage.delete(['a/small', 'a/large'], run)
  expect(outcomes.map((outcome) => outcome.result)).toEqual(['deleted', 'deleted'])
  return back
}

describe('requests that fail and may pass', () => {
  it.each<S3Operation>([
    'CreateMultipartUpload',
    'UploadPart',
    'CompleteMultipartUpload',
    'PutObject',
    'HeadObject',
    'GetObject',
    'ListObjectsV2',
    'ListMultipartUploads',
    'DeleteObject',
  ])('%s: is repeated after every passing failure, and the bytes are the same (fault 25)', async (operation) => {
    const retry = { attempts: passing.length + 1, baseDelayMs: 1, maxDelayMs: 5 }
    await using faulty = await openFaulty({ retry })
    // An answer to HEAD has no body, and so no code: a 400 cannot be told from one that is for good.
    const faults = passing.filter((fault) => operation !== 'HeadObject' || !('code' in fault))
    for (const fault of faults) faulty.proxy.fail({ on: operation, fault, times: 1 })
    const [first, second] = await useAll(faulty.storage)
    expect(first?.equals(small)).toBe(true)
    expect(second?.equals(large)).toBe(true)
    expect(faulty.proxy.count(operation)).toBeGreaterThan(faults.length)
    expect(await faulty.bucket.uploads()).toEqual([])
  })

  it.each<S3Operation>(['CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload'])(
    '%s: gives up after a bounded number of attempts and leaves nothing (fault 25)',
    async (operation) => {
      await using faulty = await openFaulty()
      faulty.proxy.fail({ on: operation, fault: { kind: 'answer', status: 503, code: 'SlowDown' } })
      const put = faulty.storage.put('a/large', pieces(large, 70_000), {}, makeTestRun())
      await expect(put).rejects.toMatchObject({ code: 'storage-failed', transient: true })
      const parts = operation === 'UploadPart' ? 3 : 1
      expect(faulty.proxy.count(operation)).toBeLessThanOrEqual(attempts * parts)
      expect(faulty.proxy.count(operation)).toBeGreaterThanOrEqual(attempts)
      expect(await faulty.bucket.names()).toEqual([])
      expect(await faulty.bucket.uploads()).toEqual([])
    },
  )

  it.each([400, 403, 405])('a %i is not repeated (fault 25)', async (status) => {
    await using faulty = await openFaulty()
    faulty.proxy.fail({ on: 'UploadPart', fault: { kind: 'answer', status, code: 'Refused' } })
    faulty.proxy.fail({ on: 'ListObjectsV2', fault: { kind: 'answer', status, code: 'Refused' } })
    const run = makeTestRun()
    await expect(faulty.storage.put('a/large', pieces(large, 70_000), {}, run)).rejects.toMatchObject({
      transient: false,
    })
    expect(faulty.proxy.count('UploadPart')).toBeLessThanOrEqual(3)
    await expect(collect(faulty.storage.list('', run))).rejects.toMatchObject({ transient: false })
    expect(faulty.proxy.count('ListObjectsV2')).toBe(1)
    expect(await faulty.bucket.uploads()).toEqual([])
  })

  it('an abort ends the wait before the next attempt at once (fault 11)', async () => {
    await using faulty = await openFaulty({ retry: { attempts: 3, baseDelayMs: 3_600_000, maxDelayMs: 3_600_000 } })
    faulty.proxy.fail({ on: 'HeadObject', fault: { kind: 'answer', status: 503 } })
    const run = makeTestRun()
    const head = faulty.storage.head('a/small', run)
    await expect.poll(() => run.logged.some((line) => line.includes('trying again'))).toBe(true)
    run.abort(new Error('cancelled by the user'))
    await expect(head).rejects.toThrow('cancelled by the user')
  })

  it('an abort while a part is on its way takes the upload back (fault 11)', async () => {
    await using faulty = await openFaulty()
    faulty.proxy.fail({ on: 'UploadPart', fault: { kind: 'stall' } })
    const run = makeTestRun()
    const put = faulty.storage.put('a/large', pieces(large, 70_000), {}, run)
    const ended = expect(put).rejects.toThrow('cancelled by the user')
    await expect.poll(() => faulty.proxy.count('UploadPart')).toBeGreaterThan(0)
    expect(await faulty.bucket.uploads()).toEqual(['a/large'])
    run.abort(new Error('cancelled by the user'))
    await ended
    expect(await faulty.bucket.uploads()).toEqual([])
  })
})

describe('connections that stall without closing', () => {
  const stallMs = 300

  it.each<S3Operation>([
    'PutObject',
    'UploadPart',
    'CompleteMultipartUpload',
    'HeadObject',
    'GetObject',
    'ListObjectsV2',
  ])('%s: is given up and repeated (fault 26)', async (operation) => {
    await using faulty = await openFaulty({ stallMs })
    faulty.proxy.fail({ on: operation, fault: { kind: 'stall' }, times: 1 })
    const [first, second] = await useAll(faulty.storage)
    expect(first?.equals(small)).toBe(true)
    expect(second?.equals(large)).toBe(true)
  })

  it('a body that stops in the middle is taken up again where it stopped (fault 26)', async () => {
    await using faulty = await openFaulty({ stallMs })
    await faulty.bucket.write('a/large', large)
    faulty.proxy.fail({ on: 'GetObject', fault: { kind: 'stall-body', bytes: 3 * mebibyte }, times: 1 })
    const back = await buffer(await faulty.storage.get('a/large', null, makeTestRun()))
    expect(back.equals(large)).toBe(true)
    expect(faulty.proxy.count('GetObject')).toBe(2)
  })

  it('a store that never answers is an error that says so (fault 26)', async () => {
    await using faulty = await openFaulty({ stallMs })
    faulty.proxy.fail({ on: 'HeadObject', fault: { kind: 'stall' } })
    await expect(faulty.storage.head('a/small', makeTestRun())).rejects.toMatchObject({
      code: 'storage-unreachable',
      transient: true,
    })
    expect(faulty.proxy.count('HeadObject')).toBe(attempts)
  })

  it('a consumer that pauses for longer is no stall', async () => {
    await using faulty = await openFaulty({ stallMs })
    await faulty.bucket.write('a/large', large)
    const received: Buffer[] = []
    for await (const chunk of await faulty.storage.get('a/large', null, makeTestRun())) {
      // The pause itself is what is tested.
      if (received.length === 2) await delay(3 * stallMs)
      received.push(chunk as Buffer)
    }
    expect(Buffer.concat(received).equals(large)).toBe(true)
    expect(faulty.proxy.count('GetObject')).toBe(1)
  })
})
