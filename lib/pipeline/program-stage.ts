import { Duplex } from 'node:stream'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import { recycle } from '@/lib/process/buffer-pool'
import { runCommand } from '@/lib/process/run-command'
import type { RunningCommand } from '@/lib/ports/process'
import { stageBufferBytes } from './buffer-size'
import type { CodecProgram } from './codec-programs'
import type { FrameBorders } from './seekable/frame-borders'

/** What a program says when the machine is to blame, and not the data. */
const machineTrouble = /memory|no space|write error|i\/o error|resource temporarily|usage limit/i

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

function damaged(file: string, what: string, cause?: unknown): HoldfastError {
  return new HoldfastError('object-damaged', `it does not decompress (${file}: ${what})`, { cause })
}

/** Why the program ended without success: the data's fault, unless it was killed or says that it lacks something. */
export function explain(file: string, error: unknown): Error {
  if (!(error instanceof HoldfastError) || error.code !== 'command-failed') return asError(error)
  const { signal, stderr } = error.facts
  const said = typeof stderr === 'string' ? stderr.trim() : ''
  if (typeof signal === 'string' || machineTrouble.test(said)) return error
  return damaged(file, said.split('\n')[0]?.trim() || 'it gave no reason', error)
}

/**
 * A stage of a pipeline whose work a decompressor in a process of its own does. Its end is withheld until the program
 * has read all of the input and exited 0. Fails with `object-damaged` when the data is cut,
 * changed or followed by anything; `command-failed` when the program was killed or lacks memory. Destroying the stage
 * ends the program's group, and so does the run's signal.
 */
class ProgramStage extends Duplex {
  private received = 0
  private tail: Buffer = Buffer.alloc(0)

  constructor(
    private readonly program: CodecProgram,
    private readonly command: RunningCommand,
    private readonly borders: FrameBorders | null,
  ) {
    super({ highWaterMark: stageBufferBytes, decodeStrings: true })
    // The reader receives errors through a pipeline; without a listener an error would end the process.
    this.on('error', () => undefined)
    const { stdout } = command
    stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) stdout.pause()
    })
    stdout.once('end', () => void this.finish())
    stdout.once('error', (error) => this.destroy(error))
    stdout.pause()
  }

  override _read(): void {
    this.command.stdout.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    try {
      this.note(chunk)
    } catch (error) {
      return callback(asError(error))
    }
    this.stdin().write(chunk, (error) => {
      if (error) return void this.story().then(callback)
      recycle(chunk)
      callback()
    })
  }

  override _final(callback: (error?: Error | null) => void): void {
    const { ending, file } = this.program
    // Some take no input at all for an empty file; no format is.
    if (this.received === 0) return callback(damaged(file, 'it is empty'))
    if (ending && !this.tail.equals(ending)) return callback(damaged(file, 'its end is missing or followed by more'))
    try {
      this.borders?.end()
    } catch (error) {
      return callback(asError(error))
    }
    this.stdin().end(() => callback())
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const { stdin, stdout } = this.command
    stdin?.destroy()
    stdout.destroy()
    this.command.terminate().then(
      () => callback(error),
      (stuck: unknown) => callback(error ?? asError(stuck)),
    )
  }

  private stdin() {
    const { stdin } = this.command
    if (!stdin) throw new TypeError('a program stage needs a command whose stdin is a pipe')
    return stdin
  }

  /** Keeps the last bytes by copy: the chunk itself may be used again. */
  private note(chunk: Buffer): void {
    this.received += chunk.length
    // Walked through for what it throws.
    if (this.borders) for (const _ of this.borders.cut(chunk));
    const { ending } = this.program
    if (!ending) return
    const last = chunk.subarray(-ending.length)
    this.tail = Buffer.concat([this.tail, last]).subarray(-ending.length)
  }

  /** Why the program took no more input. */
  private story(): Promise<Error> {
    return this.command.exited.then(
      () => damaged(this.program.file, 'something follows its end'),
      (error: unknown) => explain(this.program.file, error),
    )
  }

  private async finish(): Promise<void> {
    try {
      await this.command.exited
    } catch (error) {
      this.destroy(explain(this.program.file, error))
      return
    }
    const { file, warnsOfMore } = this.program
    if (warnsOfMore?.test(this.command.stderrTail())) this.destroy(damaged(file, 'something follows its end'))
    // Exit 0 with input left over: the writing side reports what is wrong.
    else if (this.writableFinished) this.push(null)
    else this.once('finish', () => this.push(null))
  }
}

/**
 * Starts the program and answers its stage. `borders`: of a format whose program takes what holds no frame for nothing. Throws
 * `command-missing`, and the signal's reason when it is aborted.
 */
export function programStage(program: CodecProgram, run: RunContext, borders: FrameBorders | null = null): Duplex {
  const command = runCommand({ file: program.file, args: program.decompress, stdin: 'pipe', bulkOutput: true }, run)
  return new ProgramStage(program, command, borders)
}
