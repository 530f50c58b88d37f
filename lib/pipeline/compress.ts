import type { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGzip, createZstdCompress } from 'node:zlib'
import type { Compression } from '@/lib/contracts/engines/common'
import { usableLevel } from '@/lib/core/compression/levels'
import type { Priority } from '@/lib/core/tool-priority'
import type { RunContext } from '@/lib/ports/run-context'
import { feedCommand } from '@/lib/process/feed-command'
import { findTool } from '@/lib/process/find-tool'
import { runCommand } from '@/lib/process/run-command'
import { codecPrograms, type ProgramCodec, requireCodec } from './codec-programs'
import { compressFrames } from './seekable/compress-frames'

const outputBytes = 256 * 1024

export interface CompressOptions {
  compression: Compression
  /** See lib/core/compression/levels.ts; one that is too high counts as the highest. */
  level: number
  /** Of zstd and xz; 1 when absent. */
  threads?: number | undefined
  /** Of the program. */
  priority?: Priority | undefined
  /** So that its middle can be read: with zstd in frames with a seek table; the others cannot. */
  seekable?: boolean | undefined
}

/**
 * A running compression: `stream` gives the frames. A clean end of `stream` proves nothing (a killed compressor's pipe ends
 * too): its reader must also await `finished`.
 */
export interface Compressing {
  stream: Readable
  finished: Promise<void>
}

function inThread(stage: Transform, input: Readable, run: RunContext): Compressing {
  return { stream: stage, finished: pipeline(input, stage, { signal: run.signal }) }
}

function byProgram(codec: ProgramCodec, options: CompressOptions, input: Readable, run: RunContext): Compressing {
  const program = codecPrograms[codec]
  const args = program.compress(usableLevel(codec, options.level), options.threads ?? 1)
  const { priority = 'normal' } = options
  const command = runCommand({ file: program.file, args, priority, stdin: 'pipe', bulkOutput: true }, run)
  // Before the program is ended for it: its pipe would end cleanly.
  input.once('error', (error) => command.stdout.destroy(error))
  const finished = feedCommand(input, command)
  finished.catch((error: unknown) => command.stdout.destroy(error instanceof Error ? error : undefined))
  return { stream: command.stdout, finished }
}

/**
 * By the `zstd` program where it is installed: on two cores it took 4.0 s for 512 MB of table data where the library in
 * this process took 5.6 s, because it reads, compresses and writes at the same time and leaves the event loop alone.
 */
function zstd(options: CompressOptions, input: Readable, run: RunContext): Compressing {
  const level = usableLevel('zstd', options.level)
  if (options.seekable) return inThread(compressFrames(level, options.threads ?? 1), input, run)
  if (findTool('zstd') !== null) return byProgram('zstd', options, input, run)
  // The checksum is on by default in the program only; without it a flipped bit may decompress to other data.
  const params = { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 }
  return inThread(createZstdCompress({ chunkSize: outputBytes, params }), input, run)
}

/**
 * Compresses a stream, never on the event loop. Errors: those of the source, `command-failed`, the reason of an abort.
 * Throws `command-missing` when the program is not installed.
 */
export function compress(options: CompressOptions, input: Readable, run: RunContext): Compressing {
  requireCodec(options.compression)
  const running = start(options, input, run)
  running.finished.catch(() => undefined)
  return running
}

function start(options: CompressOptions, input: Readable, run: RunContext): Compressing {
  switch (options.compression) {
    case 'none':
      return { stream: input, finished: Promise.resolve() }
    case 'gzip':
      return inThread(createGzip({ level: usableLevel('gzip', options.level), chunkSize: outputBytes }), input, run)
    case 'zstd':
      return zstd(options, input, run)
    case 'lz4':
    case 'bzip2':
    case 'xz':
      return byProgram(options.compression, options, input, run)
  }
}
