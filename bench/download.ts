import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** One object to standard output. Usage: download.mjs BUCKET KEY, with the same environment as upload.mjs. */
async function main(): Promise<void> {
  const [Bucket = '', Key = ''] = process.argv.slice(2)
  const client = new S3Client({
    endpoint: process.env['S3_ENDPOINT'] ?? '',
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: {
      accessKeyId: process.env['S3_ACCESS_KEY'] ?? '',
      secretAccessKey: process.env['S3_SECRET_KEY'] ?? '',
    },
  })
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
  if (!(Body instanceof Readable)) throw new Error('The store sent no body')
  await pipeline(Body, process.stdout)
}

await main()
