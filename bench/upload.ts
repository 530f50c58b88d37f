import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'

/**
 * The usual client: standard input into one object, in parts of 8 MiB, four at a time, by the AWS SDK with its default
 * settings (which is what `@aws-sdk/lib-storage` does). A program of its own, as `aws s3 cp -` would be.
 *
 * Usage: upload.mjs BUCKET KEY, with S3_ENDPOINT, S3_ACCESS_KEY and S3_SECRET_KEY. Prints the number of bytes.
 */
const partBytes = 8 * 1024 * 1024
const inFlight = 4

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
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: 'CRC32' }))
  const done: { PartNumber: number; ETag?: string; ChecksumCRC32?: string }[] = []
  const running = new Set<Promise<void>>()
  let total = 0
  let number = 0
  const send = async (body: Buffer) => {
    const PartNumber = (number += 1)
    total += body.length
    const task = client
      .send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body: body, ChecksumAlgorithm: 'CRC32' }))
      .then(({ ETag, ChecksumCRC32 }) => {
        done.push({ PartNumber, ...(ETag ? { ETag } : {}), ...(ChecksumCRC32 ? { ChecksumCRC32 } : {}) })
        running.delete(task)
      })
    running.add(task)
    if (running.size >= inFlight) await Promise.race(running)
  }

  let part: Buffer = Buffer.allocUnsafeSlow(partBytes)
  let filled = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    for (let from = 0; from < chunk.length;) {
      const copied = chunk.copy(part, filled, from)
      from += copied
      filled += copied
      if (filled < partBytes) continue
      await send(part)
      part = Buffer.allocUnsafeSlow(partBytes)
      filled = 0
    }
  }
  if (filled > 0 || number === 0) await send(part.subarray(0, filled))
  await Promise.all(running)
  done.sort((a, b) => a.PartNumber - b.PartNumber)
  await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: done } }))
  console.log(total)
}

await main()
