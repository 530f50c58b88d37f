import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { open, readdir, stat } from 'node:fs/promises'
import path from 'node:path'

/**
 * The usual client for a folder, as `aws s3 cp --recursive` is: every file one object, those above 8 MiB in parts of
 * 8 MiB, ten requests at a time whichever files they belong to.
 *
 * Usage: upload-folder.mjs BUCKET PREFIX FOLDER, with the same environment as upload.mjs. Prints the number of bytes.
 */
const partBytes = 8 * 1024 * 1024
const inFlight = 10

/** Lets ten requests run at once; resolves when this one has ended. */
function limiter(limit: number) {
  let free = limit
  const waiting: (() => void)[] = []
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
}

async function main(): Promise<void> {
  const [Bucket = '', prefix = '', folder = ''] = process.argv.slice(2)
  const client = new S3Client({
    endpoint: process.env['S3_ENDPOINT'] ?? '',
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: {
      accessKeyId: process.env['S3_ACCESS_KEY'] ?? '',
      secretAccessKey: process.env['S3_SECRET_KEY'] ?? '',
    },
  })
  const limited = limiter(inFlight)
  const read = async (file: string, from: number, size: number) => {
    const handle = await open(file)
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafeSlow(size), 0, size, from)
      if (bytesRead !== size) throw new Error(`${file} changed while it was uploaded`)
      return buffer
    } finally {
      await handle.close()
    }
  }
  const upload = async (name: string): Promise<number> => {
    const file = path.join(folder, name)
    const Key = `${prefix}/${name}`
    const { size } = await stat(file)
    if (size <= partBytes) {
      await limited(async () =>
        client.send(new PutObjectCommand({ Bucket, Key, Body: await read(file, 0, size), ChecksumAlgorithm: 'CRC32' })),
      )
      return size
    }
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: 'CRC32' }),
    )
    const Parts = await Promise.all(
      Array.from({ length: Math.ceil(size / partBytes) }, (_, index) =>
        limited(async () => {
          const PartNumber = index + 1
          const from = index * partBytes
          const Body = await read(file, from, Math.min(partBytes, size - from))
          const { ETag, ChecksumCRC32 } = await client.send(
            new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ChecksumAlgorithm: 'CRC32' }),
          )
          return { PartNumber, ...(ETag ? { ETag } : {}), ...(ChecksumCRC32 ? { ChecksumCRC32 } : {}) }
        }),
      ),
    )
    await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }))
    return size
  }
  const sizes = await Promise.all((await readdir(folder)).map(upload))
  console.log(sizes.reduce((sum, size) => sum + size, 0))
}

await main()
