import { randomUUID } from 'node:crypto'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import type { DestinationSpec } from '@/lib/ports/storage'
import { testS3 } from './servers'

/** A bucket of a test's own on the real S3 server, and a plain client to look at it from outside. */
export interface TestBucket {
  name: string
  client: S3Client
  /** The destination as the worker would open it; `config` is merged over. */
  spec(config?: Record<string, unknown>, secret?: string): DestinationSpec
  /** What is stored under the name in the bucket. */
  read(name: string): Promise<Buffer>
  write(name: string, body: string | Buffer): Promise<void>
  /** Names of all objects. */
  names(): Promise<string[]>
  /** Names of all unfinished uploads. */
  uploads(): Promise<string[]>
  close(): void
}

/** Makes a fresh bucket. Buckets are not removed: the server's data goes with the server. */
export async function makeBucket(options: { objectLock?: boolean } = {}): Promise<TestBucket> {
  const { endpoint, accessKeyId, secretAccessKey } = testS3()
  const name = `test-${randomUUID()}`
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  })
  await client.send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: options.objectLock ?? false }))
  const spec = (config: Record<string, unknown> = {}, secret = secretAccessKey): DestinationSpec => ({
    id: randomUUID(),
    name: 'test bucket',
    kind: 's3',
    config: { endpoint, bucket: name, forcePathStyle: true, accessKeyId, ...config },
    secrets: { secretAccessKey: secret },
  })
  return {
    name,
    client,
    spec,
    async read(key) {
      const answer = await client.send(new GetObjectCommand({ Bucket: name, Key: key }))
      return Buffer.from((await answer.Body?.transformToByteArray()) ?? [])
    },
    async write(key, body) {
      await client.send(new PutObjectCommand({ Bucket: name, Key: key, Body: Buffer.from(body) }))
    },
    async names() {
      const answer = await client.send(new ListObjectsV2Command({ Bucket: name }))
      return (answer.Contents ?? []).flatMap((object) => object.Key ?? [])
    },
    async uploads() {
      const answer = await client.send(new ListMultipartUploadsCommand({ Bucket: name }))
      return (answer.Uploads ?? []).flatMap((upload) => upload.Key ?? [])
    },
    close: () => client.destroy(),
  }
}
