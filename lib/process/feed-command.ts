import { type Readable, type Writable, finished } from 'node:stream'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunningCommand } from '@/lib/ports/process'
import { recycle } from './buffer-pool'

/** `all`: the tool took every byte it was given so far; only the end is missing. */
type Delivery = { by: 'source'; error: unknown } | { by: 'tool'; error: unknown; all: boolean } | null

/**
 * Not `pipeline`: when the source fails it would close the pipe, and a tool takes that for the end of its input:
 * psql would commit half a script.
 */
function deliver(source: Readable, stdin: Writable): Promise<Delivery> {
  return new Promise((resolve) => {
    let unwritten = 0
    const onData = (chunk: Buffer) => {
      unwritten += 1
      const written = (error: Error | null | undefined) => {
        if (error) return
        unwritten -= 1
        // Written means copied by the kernel: nobody reads the chunk after that.
        recycle(chunk)
      }
      if (!stdin.write(chunk, written)) source.pause()
    }
    finished(source, { writable: false }, (error) => (error ? resolve({ by: 'source', error }) : stdin.end()))
    finished(stdin, { readable: false }, (error) => {
      source.off('data', onData)
      source.pause()
      resolve(error ? { by: 'tool', error, all: unwritten === 0 } : null)
    })
    source.on('data', onData)
    stdin.on('drain', () => source.resume())
  })
}

/** Reads on; true when nothing came any more before the end. Rejects with the source's error. */
function endsWithoutMore(source: Readable): Promise<boolean> {
  return new Promise((resolve, reject) => {
    finished(source, { writable: false }, (error) => (error ? reject(error) : resolve(true)))
    source.on('data', () => resolve(false))
    // It was paused when the tool exited, and would wait forever.
    source.resume()
  })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}

function closedInput(command: RunningCommand, cause: unknown): HoldfastError {
  return new HoldfastError('command-closed-input', 'The tool ended before it had read all of its input', {
    facts: { stderr: command.stderrTail() },
    cause,
  })
}

/**
 * Pipes a stream into a tool's stdin and waits for the tool's end. The first failure is the one that is reported:
 * - the source fails: the tool is ended without seeing an end of its input; rejects with the source's error
 * - the tool stops reading and fails: rejects with the tool's error, not with the EPIPE that followed from it
 * - the tool stops reading and exits 0: `command-closed-input`, as it did not see all of the data
 * On abort of the tool's signal it rejects with the reason. The source is destroyed whenever it was not read to its end.
 */
export async function feedCommand(source: Readable, command: RunningCommand): Promise<void> {
  const { stdin } = command
  if (!stdin) throw new TypeError('feedCommand needs a command whose stdin is a pipe')
  const failed = await deliver(source, stdin)
  if (failed?.by === 'source') {
    await command.terminate()
    stdin.destroy()
    throw failed.error
  }
  if (failed) {
    // The tool's own story is known only now; the stages before it fail with that one and not with "premature close".
    const error = await command.exited.then(() => null, asError)
    // It knew the end of its input by itself, and left before the source had said so.
    if (error === null && failed.all && (await endsWithoutMore(source))) return
    const told = error ?? closedInput(command, failed.error)
    source.destroy(told)
    throw told
  }
  await command.exited
}
