import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { CreateMultipartUploadCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { makeTestRun } from '../helpers/run-context'
import { attempts, mebibyte, openFaulty } from './faulty-bucket'
import { collect } from './streams'

const key = 'holdfast/v1/archive.dump'
const large = randomBytes(12 * mebibyte)

describe('reading an object whose answer is cut', () => {
  it.each([0, 1, 5 * mebibyte, 12 * mebibyte - 1])(
    'a body that ends properly after %i bytes is damage, never its end (fault 30)',
    async (bytes) => {
      await using faulty = await openFaulty()
      await faulty.bucket.write(key, large)
      const run = makeTestRun()
      faulty.proxy.fail({ on: 'GetObject', fault: { kind: 'short-body', bytes }, times: 1 })
      faulty.proxy.fail({ on: 'GetObject', fault: { kind: 'short-body', bytes: 0 } })
      let received = 0
      const read = async () => {
        for await (const chunk of await faulty.storage.get(key, null, run)) received += (chunk as Buffer).length
      }
      await expect(read()).rejects.toMatchObject({ code: 'object-damaged' })
      expect(received).toBe(bytes)
    },
  )

  it('a range that ends early is damage as well (fault 30)', async () => {
    await using faulty = await openFaulty()
    await faulty.bucket.write(key, large)
    faulty.proxy.fail({ on: 'GetObject', fault: { kind: 'short-body', bytes: 10 } })
    const stream = await faulty.storage.get(key, { start: 5, end: 104 }, makeTestRun())
    await expect(buffer(stream)).rejects.toMatchObject({ code: 'object-damaged' })
  })

  it('a connection that breaks again and again is taken up at the next byte (fault 25)', async () => {
    await using faulty = await openFaulty()
    await faulty.bucket.write(key, large)
    const fault = { kind: 'cut-body', bytes: mebibyte } as const
    faulty.proxy.fail({ on: 'GetObject', fault, times: attempts + 3 })
    const back = await buffer(await faulty.storage.get(key, null, makeTestRun()))
    expect(back.equals(large)).toBe(true)
  })

  it('an object that is replaced while it is read is damage (fault 39)', async () => {
    await using faulty = await openFaulty()
    await faulty.bucket.write(key, large)
    faulty.proxy.fail({ on: 'GetObject', fault: { kind: 'cut-body', bytes: mebibyte }, times: 1 })
    let replaced = false
    const read = async () => {
      for await (const chunk of await faulty.storage.get(key, null, makeTestRun())) {
        if (!replaced && (chunk as Buffer).length > 0) await faulty.bucket.write(key, randomBytes(large.length))
        replaced = true
      }
    }
    await expect(read()).rejects.toMatchObject({ code: 'object-damaged' })
  })
})

describe('listing', () => {
  it('leaves out folder placeholders, deleted versions and unfinished uploads (fault 34)', async () => {
    await using faulty = await openFaulty()
    const { bucket, storage } = faulty
    const VersioningConfiguration = { Status: 'Enabled' } as const
    await bucket.client.send(new PutBucketVersioningCommand({ Bucket: bucket.name, VersioningConfiguration }))
    const run = makeTestRun()
    for (const name of ['v/a', 'v/b', 'v/c']) await bucket.write(name, 'one')
    await bucket.write('v/a', 'another version')
    await bucket.write('v/empty-folder/', '')
    expect(await storage.delete(['v/b'], run)).toEqual([{ key: 'v/b', result: 'deleted' }])
    const listed = await collect(storage.list('v/', run))
    expect(listed.map((object) => [object.key, object.sizeBytes])).toEqual([
      ['v/a', 15],
      ['v/c', 3],
    ])
    expect(await storage.head('v/b', run)).toBeNull()
  })

  it('a page that says there is more, but not where, is an error and not the end (fault 34)', async () => {
    await using faulty = await openFaulty()
    const body = '<?xml version="1.0"?><ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>'
    faulty.proxy.fail({ on: 'ListObjectsV2', fault: { kind: 'answer', status: 200, body } })
    await expect(collect(faulty.storage.list('', makeTestRun()))).rejects.toMatchObject({ code: 'storage-failed' })
  })
})

describe('deleting', () => {
  it('reports what the store refuses and goes on with the rest (fault 37)', async () => {
    await using faulty = await openFaulty()
    const { bucket, storage, proxy } = faulty
    for (const name of ['one', 'locked', 'two']) await bucket.write(name, name)
    const fault = { kind: 'answer', status: 403, code: 'AccessDenied' } as const
    proxy.fail({ on: 'DeleteObject', fault, when: (path) => path.includes('locked') })
    const outcomes = await storage.delete(['one', 'locked', 'two'], makeTestRun())
    expect(outcomes.map((outcome) => outcome.result)).toEqual(['deleted', 'refused', 'deleted'])
    expect(outcomes[1]?.message).toContain('refused access')
    expect(await bucket.names()).toEqual(['locked'])
  })
})

describe('unfinished uploads of crashed runs', () => {
  it('are ended below the prefix, and only there (fault 13)', async () => {
    await using faulty = await openFaulty()
    const { bucket, storage } = faulty
    for (const Key of ['a/1', 'a/2', 'a/2', 'b/1']) {
      await bucket.client.send(new CreateMultipartUploadCommand({ Bucket: bucket.name, Key }))
    }
    const ended = await storage.abortUploads('a/', makeTestRun())
    expect(ended.toSorted()).toEqual(['a/1', 'a/2', 'a/2'])
    expect(await bucket.uploads()).toEqual(['b/1'])
  })
})
