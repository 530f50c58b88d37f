import type { Readable } from 'node:stream'
import { HoldfastError } from '../core/holdfast-error'

/** Reads a small object into memory; throws `object-damaged` past the limit, which no file of Holdfast reaches. */
export async function readAll(body: Readable, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk)
    sizeBytes += bytes.length
    if (sizeBytes > limitBytes) {
      body.destroy()
      throw new HoldfastError('object-damaged', `The object is larger than ${limitBytes} bytes, which it never is.`)
    }
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}
