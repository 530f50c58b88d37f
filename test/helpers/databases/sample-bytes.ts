import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'

/** Bytes that compress about as well as table data: half random, half repeated. */
export function sampleBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size, 'row 12345\tcustomer\t2026-11-21\n')
  for (let at = 0; at + 64 < size; at += 128) randomBytes(64).copy(bytes, at)
  return bytes
}

/** The bytes in pieces of the sizes given, in turn. */
export function inPieces(bytes: Buffer, sizes: readonly number[]): Readable {
  function* pieces() {
    for (let from = 0, turn = 0; from < bytes.length; turn++) {
      const size = sizes[turn % sizes.length] ?? bytes.length
      yield bytes.subarray(from, from + size)
      from += size
    }
  }
  return Readable.from(pieces(), { objectMode: false })
}

export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
