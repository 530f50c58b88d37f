import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import type { S3Operation } from '../helpers/faults/fault-proxy'
import { makeTestRun } from '../helpers/run-context'
import { attempts, mebibyte, openFaulty } from './faulty-bucket'
import { pieces } from './streams'

const key = 'holdfast/v1/archive.dump'
const small = randomBytes(1_000)
const large = randomBytes(12 * mebibyte)
const body = (content: Buffer) => pieces(content, 70_000)
const xml = (inner: string) => `<?xml version="1.0" encoding="UTF-8"?>\n${inner}`

describe('an answer of success that is none', () => {
  it.each([
    ['an error in its body', xml('<Error><Code>InternalError</Code><Message>We failed</Message></Error>')],
    ['no ETag', xml(`<CompleteMultipartUploadResult><Key>${key}</Key></CompleteMultipartUploadResult>`)],
    ['no body', ''],
    ['a body that breaks off', '<?xml version="1.0"?><CompleteMultipartUploadResult><ETa'],
  ])('200 with %s to CompleteMultipartUpload is a failure (fault 27)', async (_what, answer) => {
    await using faulty = await openFaulty()
    faulty.proxy.fail({ on: 'CompleteMultipartUpload', fault: { kind: 'answer', status: 200, body: answer } })
    const put = faulty.storage.put(key, body(large), {}, makeTestRun())
    await expect(put).rejects.toMatchObject({ code: 'storage-failed' })
    expect(faulty.proxy.count('CompleteMultipartUpload')).toBeLessThanOrEqual(attempts)
    expect(await faulty.bucket.names()).toEqual([])
    expect(await faulty.bucket.uploads()).toEqual([])
  })

  it('200 with an error in its body is repeated, and the upload completes (fault 27)', async () => {
    await using faulty = await openFaulty()
    const answer = xml('<Error><Code>InternalError</Code><Message>We failed</Message></Error>')
    faulty.proxy.fail({ on: 'CompleteMultipartUpload', fault: { kind: 'answer', status: 200, body: answer }, times: 2 })
    await faulty.storage.put(key, body(large), {}, makeTestRun())
    expect((await faulty.bucket.read(key)).equals(large)).toBe(true)
  })

  it.each<[S3Operation, Buffer]>([
    ['PutObject', small],
    ['UploadPart', large],
  ])('200 without an ETag to %s is a failure (fault 27)', async (operation, content) => {
    await using faulty = await openFaulty()
    faulty.proxy.fail({ on: operation, fault: { kind: 'answer', status: 200, body: '' } })
    await expect(faulty.storage.put(key, body(content), {}, makeTestRun())).rejects.toThrow()
    expect(await faulty.bucket.names()).toEqual([])
    expect(await faulty.bucket.uploads()).toEqual([])
  })
})

describe('an answer that is lost after the store did its work', () => {
  it.each<[S3Operation, Buffer, number]>([
    ['PutObject', small, 1],
    ['PutObject', small, Infinity],
    ['CreateMultipartUpload', large, 1],
    ['UploadPart', large, 1],
    ['CompleteMultipartUpload', large, 1],
    ['CompleteMultipartUpload', large, Infinity],
  ])('%s: the put succeeds with one object and nothing beside it (fault 28)', async (operation, content, times) => {
    await using faulty = await openFaulty()
    faulty.proxy.fail({ on: operation, fault: { kind: 'drop-answer' }, times })
    const stored = await faulty.storage.put(key, body(content), {}, makeTestRun())
    expect(stored.sizeBytes).toBe(content.length)
    expect((await faulty.bucket.read(key)).equals(content)).toBe(true)
    expect(await faulty.bucket.names()).toEqual([key])
    expect(await faulty.bucket.uploads()).toEqual([])
  })

  it('an upload that is gone because it was completed counts as completed (fault 28)', async () => {
    await using faulty = await openFaulty()
    const gone = { kind: 'answer', status: 404, code: 'NoSuchUpload' } as const
    faulty.proxy.fail({ on: 'CompleteMultipartUpload', fault: { kind: 'drop-answer' }, times: 1 })
    faulty.proxy.fail({ on: 'CompleteMultipartUpload', fault: gone })
    await faulty.storage.put(key, body(large), {}, makeTestRun())
    expect((await faulty.bucket.read(key)).equals(large)).toBe(true)
  })

  it("another writer's object of the same content is not taken for ours (fault 32)", async () => {
    await using faulty = await openFaulty()
    const notFound = { kind: 'answer', status: 404 } as const
    await faulty.bucket.write(key, small)
    // The first look finds nothing, as when the other writer is a moment later.
    faulty.proxy.fail({ on: 'HeadObject', fault: notFound, times: 1 })
    await expect(faulty.storage.put(key, body(small), {}, makeTestRun())).rejects.toMatchObject({
      code: 'object-exists',
    })
    expect((await faulty.bucket.read(key)).equals(small)).toBe(true)
  })
})

describe('bytes that are others in the store', () => {
  it.each<[S3Operation, Buffer, number]>([
    ['PutObject', small, 500],
    ['UploadPart', large, 3 * mebibyte],
  ])(
    '%s: a byte that changed on its way is refused by the store and sent again (fault 29)',
    async (on, content, at) => {
      await using faulty = await openFaulty()
      faulty.proxy.fail({ on, fault: { kind: 'flip-request-byte', at }, times: 1 })
      await faulty.storage.put(key, body(content), {}, makeTestRun())
      expect((await faulty.bucket.read(key)).equals(content)).toBe(true)
    },
  )

  it.each([
    ['another checksum', small, { 'x-amz-checksum-sha256': Buffer.alloc(32).toString('base64') }],
    ['another checksum of parts', large, { 'x-amz-checksum-sha256': `${Buffer.alloc(32).toString('base64')}-3` }],
    ['another size', large, { 'content-length': '10' }],
  ])(
    'an object with %s than what was sent is an error and is taken away (fault 29)',
    async (_what, content, headers) => {
      await using faulty = await openFaulty()
      faulty.proxy.fail({ on: 'HeadObject', fault: { kind: 'set-headers', headers }, after: 1, times: 1 })
      const put = faulty.storage.put(key, body(content), {}, makeTestRun())
      await expect(put).rejects.toMatchObject({ code: 'object-damaged' })
      expect(await faulty.bucket.names()).toEqual([])
    },
  )
})

describe('a store that has less', () => {
  const without = { kind: 'set-headers', headers: { 'x-amz-checksum-sha256': undefined } } as const

  it('without checksums, compares the MD5 of the parts (fault 35)', async () => {
    await using faulty = await openFaulty()
    for (const on of ['UploadPart', 'HeadObject'] as const) faulty.proxy.fail({ on, fault: without })
    await faulty.storage.put(key, body(large), {}, makeTestRun())
    expect(faulty.proxy.count('GetObject')).toBe(0)
    expect((await faulty.bucket.read(key)).equals(large)).toBe(true)
  })

  it('with nothing to compare, reads the object back and notices a flipped bit (fault 35)', async () => {
    await using faulty = await openFaulty()
    const headers = { 'x-amz-checksum-sha256': undefined }
    faulty.proxy.fail({ on: 'HeadObject', fault: { kind: 'set-headers', headers } })
    await faulty.storage.put(key, body(small), {}, makeTestRun())
    expect(faulty.proxy.count('GetObject')).toBe(1)
    faulty.proxy.fail({ on: 'GetObject', fault: { kind: 'flip-byte', at: 999 } })
    const second = faulty.storage.put(`${key}.2`, body(small), {}, makeTestRun())
    await expect(second).rejects.toMatchObject({ code: 'object-damaged' })
    expect(await faulty.bucket.names()).toEqual([key])
  })

  it.each<[S3Operation, Buffer]>([
    ['PutObject', small],
    ['CompleteMultipartUpload', large],
  ])('without conditional %s, checks for the name instead (fault 35)', async (on, content) => {
    await using faulty = await openFaulty()
    faulty.proxy.fail({ on, fault: { kind: 'answer', status: 501, code: 'NotImplemented' }, times: 1 })
    await faulty.storage.put(key, body(content), {}, makeTestRun())
    expect(faulty.storage.features.conditionalCreate).toBe(false)
    expect((await faulty.bucket.read(key)).equals(content)).toBe(true)
    await expect(faulty.storage.put(key, body(content), {}, makeTestRun())).rejects.toMatchObject({
      code: 'object-exists',
    })
  })

  it('without checksum algorithms, uploads without them (fault 35)', async () => {
    await using faulty = await openFaulty()
    const fault = { kind: 'answer', status: 501, code: 'NotImplemented' } as const
    faulty.proxy.fail({ on: 'CreateMultipartUpload', fault, times: 1 })
    await faulty.storage.put(key, body(large), {}, makeTestRun())
    expect(faulty.storage.features.reportsChecksum).toBe(false)
    expect((await buffer(await faulty.storage.get(key, null, makeTestRun()))).equals(large)).toBe(true)
  })
})

describe('a store that refuses in the middle', () => {
  it.each([
    ['storage-full', 403, 'QuotaExceeded'],
    ['storage-full', 507, 'XMinioStorageFull'],
    ['storage-denied', 400, 'ExpiredToken'],
    ['storage-denied', 403, 'AccessDenied'],
  ])('ends with %s on %i %s and takes the upload back (fault 31)', async (code, status, s3Code) => {
    await using faulty = await openFaulty()
    await faulty.bucket.write('holdfast/v1/older', 'good')
    faulty.proxy.fail({ on: 'UploadPart', fault: { kind: 'answer', status, code: s3Code }, after: 1 })
    const run = makeTestRun()
    const put = faulty.storage.put(key, body(large), {}, run)
    await expect(put).rejects.toMatchObject({ code, transient: false })
    expect(await faulty.bucket.uploads()).toEqual([])
    expect(await faulty.bucket.names()).toEqual(['holdfast/v1/older'])
  })

  it('ends a source that is silent when a part fails (fault 31)', async () => {
    await using faulty = await openFaulty()
    faulty.proxy.fail({ on: 'UploadPart', fault: { kind: 'answer', status: 403, code: 'QuotaExceeded' } })
    // Two parts, then a producer that waits forever.
    const silent = new Readable({ read: () => undefined })
    silent.push(large)
    const put = faulty.storage.put(key, silent, {}, makeTestRun())
    await expect(put).rejects.toMatchObject({ code: 'storage-full' })
    expect(silent.destroyed).toBe(true)
    expect(await faulty.bucket.uploads()).toEqual([])
  })
})
