import { type Duplex, PassThrough } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Compression } from '@/lib/contracts/engines/common'
import type { RunContext } from '@/lib/ports/run-context'
import { findTool } from '@/lib/process/find-tool'
import { stageBufferBytes } from './buffer-size'
import { codecPrograms, requireCodec } from './codec-programs'
import { programStage } from './program-stage'
import { decompressFrames } from './seekable/decompress-frames'
import { FrameBorders } from './seekable/frame-borders'

// What we write with gzip is one member. Without this zlib would take zeros or garbage after it for the end of a good file.
const options = { chunkSize: 256 * 1024, rejectGarbageAfterEnd: true }

/** To start a program costs more than it spares, below. */
const worthwhileBytes = 64 * 1024 * 1024

/**
 * A stage that decompresses, in a thread or in a program of its own. What was cut, changed or followed by anything is an
 * error; of zstd, further frames may follow. `sourceBytes`: what is expected to come out. Throws `command-missing` when the program is
 * not installed.
 */
export function decompress(compression: Compression, run: RunContext, sourceBytes = Infinity): Duplex {
  requireCodec(compression)
  switch (compression) {
    case 'none':
      return new PassThrough({ highWaterMark: stageBufferBytes })
    case 'gzip':
      return createGunzip(options)
    case 'zstd':
      // For the reasons of `compress`; its own buffers also spare the garbage collector.
      return sourceBytes < worthwhileBytes || findTool('zstd') === null
        ? decompressFrames()
        : programStage(codecPrograms.zstd, run, new FrameBorders())
    case 'lz4':
    case 'bzip2':
    case 'xz':
      return programStage(codecPrograms[compression], run)
  }
}
