import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import type { BenchSettings } from './settings'

/** A bucket of this run. Objects are kept in memory, so what is no longer needed goes at once. */
export interface Bucket {
  name: string
  remove(key: string): Promise<void>
  removeBelow(prefix: string): Promise<void>
}

export async function makeBucket(s3: BenchSettings['s3']): Promise<Bucket> {
  const { endpoint, ...credentials } = s3
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
  const name = `bench-${process.pid}`
  await client.send(new CreateBucketCommand({ Bucket: name }))
  return {
    name,
    async remove(Key) {
      await client.send(new DeleteObjectCommand({ Bucket: name, Key }))
    },
    async removeBelow(Prefix) {
      for (;;) {
        const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: name, Prefix }))
        if (Contents.length === 0) return
        const Objects = Contents.map(({ Key }) => ({ Key }))
        await client.send(new DeleteObjectsCommand({ Bucket: name, Delete: { Objects, Quiet: true } }))
      }
    },
  }
}
