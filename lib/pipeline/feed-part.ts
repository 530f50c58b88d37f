import { closeSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { PartFeed } from '@/lib/ports/backup-method'
import type { RunningCommand } from '@/lib/ports/process'
import type { RunContext } from '@/lib/ports/run-context'
import { feedCommand } from '@/lib/process/feed-command'
import { findTool } from '@/lib/process/find-tool'
import { openPipe, type Pipe } from '@/lib/process/open-pipe'
import { runCommand } from '@/lib/process/run-command'
import { codecPrograms, type CodecProgram } from './codec-programs'
import { openPacked, type OpenPartInput, translate } from './open-part'
import { explain } from './program-stage'

/**
 * Opens a part so that its plain bytes never enter this process: the decompressor writes directly into the tool. Passing
 * them on would cost more than all the rest. The plain bytes are not hashed then, so use it only after the stored bytes
 * were read and found equal. Null for a compression that no installed program reads.
 */
export async function openFeed(input: OpenPartInput, run: RunContext): Promise<PartFeed | null> {
  const program = programOf(input.part.compression)
  const pipe = program && openPipe()
  if (!program || !pipe) return null
  let bytes = 0
  try {
    const packed = await openPacked({ ...input, onStoredBytes: (read) => (bytes = read) }, run)
    try {
      const unpacker = startProgram(program, pipe.writeFd, run)
      return new Feed(
        pipe,
        packed,
        unpacker,
        () => bytes,
        (error) => translate(input, explain(program.file, error)),
      )
    } catch (error) {
      packed.destroy()
      throw error
    }
  } catch (error) {
    closeSync(pipe.readFd)
    throw error
  } finally {
    // As long as we held the writing end ourselves, the tool would see no end.
    closeSync(pipe.writeFd)
  }
}

function programOf(compression: OpenPartInput['part']['compression']): CodecProgram | null {
  if (compression === 'none' || compression === 'gzip') return null
  const program = codecPrograms[compression]
  return findTool(program.file) === null ? null : program
}

function startProgram(program: CodecProgram, stdout: number, run: RunContext): RunningCommand {
  return runCommand({ file: program.file, args: program.decompress, stdin: 'pipe', stdout }, run)
}

class Feed implements PartFeed {
  readonly stdin: number
  private isOpen = true

  constructor(
    pipe: Pipe,
    private readonly packed: Readable,
    private readonly program: RunningCommand,
    readonly bytes: () => number,
    private readonly explain: (error: unknown) => Error,
  ) {
    this.stdin = pipe.readFd
    // `into` handles the error; before it is called, an error must not end the process.
    packed.on('error', () => undefined)
  }

  isHeldBack(): boolean {
    return this.packed.readableLength === 0 && !this.packed.readableEnded
  }

  async into(tool: RunningCommand): Promise<void> {
    this.closeStdin()
    let failed: { error: unknown } | null = null
    const used = tool.exited.catch((error: unknown) => {
      failed ??= { error }
      // Left alone, the decompressor would notice at its next bytes only that nobody reads them.
      return this.program.terminate()
    })
    try {
      await feedCommand(this.packed, this.program)
    } catch (error) {
      // That it found no reader, or was ended for that, is never the story. Anything else comes before what the tool makes of it.
      if (!foundNoReader(error, failed !== null)) {
        failed = { error: this.explain(error) }
        await tool.terminate()
      }
      await used
      failed ??= {
        error: new HoldfastError('command-closed-input', 'The tool ended before it had read all of its input'),
      }
    }
    await used
    if (failed) throw failed.error
  }

  async close(): Promise<void> {
    this.closeStdin()
    this.packed.destroy()
    await this.program.terminate()
  }

  private closeStdin(): void {
    if (this.isOpen) closeSync(this.stdin)
    this.isOpen = false
  }
}

function foundNoReader(error: unknown, ended: boolean): boolean {
  if (!(error instanceof HoldfastError) || error.code !== 'command-failed') return false
  const { signal } = error.facts
  return signal === 'SIGPIPE' || (ended && signal === 'SIGTERM') || /broken pipe/i.test(String(error.facts['stderr']))
}
