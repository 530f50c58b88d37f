import { PassThrough, type Transform } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import type { Compression } from '@/lib/contracts/source'
import { stageBufferBytes } from './buffer-size'

// What we write is one frame. Without this zlib would take zeros or garbage after it for the end of a good file.
const options = { chunkSize: 256 * 1024, rejectGarbageAfterEnd: true }

/** A stage that decompresses. A frame that was cut, changed or followed by anything is an error. */
export function decompress(compression: Compression): Transform {
  switch (compression) {
    case 'none':
      return new PassThrough({ highWaterMark: stageBufferBytes })
    case 'gzip':
      return createGunzip(options)
    case 'zstd':
      return createZstdDecompress(options)
  }
}
