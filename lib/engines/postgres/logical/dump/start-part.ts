import type { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { CommandSpec, RunningCommand } from '@/lib/ports/process'
import type { RunContext } from '@/lib/ports/run-context'
import { runCommand } from '@/lib/process/run-command'
import { dumpError } from './dump-error'
import { leftOut } from '@/lib/process/stderr-tail'
import { type StallWatch, watchForStall } from '@/lib/engines/postgres/load/stall-watch'

/** A part being produced; `tool` is the name used in errors. */
export interface PartProducer {
  tool: string
  spec: CommandSpec
  /** Makes a stage that holds the output back, for the sake of the source. */
  pace?: (() => Transform) | undefined
  /** Makes the stage that checks the format; it must await `exited` before it lets the end through. */
  check(exited: () => Promise<void>): Transform
  /** A better error than the tool's, when the server can tell more. */
  explain?(error: unknown): Promise<unknown>
  /** Told, once the tool has ended well, what it warned of. */
  warn(text: string): void
  /** When a dump that has fallen silent is given up; absent: never. */
  stall?: StallWatch
}

/**
 * Starts a producer. The end of `stream` is held back until the tool has exited 0 and its format was complete, so that
 * a reader of the stream alone cannot take a broken dump for a finished one.
 */
export function startPart(producer: PartProducer, run: RunContext): { stream: Readable; finished: Promise<void> } {
  const command = runCommand(producer.spec, run)
  const explained = explainOnce(producer)
  const stage = producer.check(() =>
    command.exited.catch(async (error: unknown) => Promise.reject(await explained(error))),
  )
  // The reader hears of an error by `finished` or by its own pipeline; unheard, it would end the process.
  stage.on('error', () => undefined)
  const stages = producer.pace ? [producer.pace(), stage] : [stage]
  const followed = follow(command, stages, run, explained).then(() =>
    toolWarnings(command.stderrTail()).forEach(producer.warn),
  )
  const unwatch = producer.stall ? watch(producer.stall, command, stages) : () => undefined
  const finished = followed.finally(unwatch)
  finished.catch(() => undefined)
  return { stream: stage, finished }
}

async function follow(
  command: RunningCommand,
  stages: Transform[],
  run: RunContext,
  explained: (error: unknown) => Promise<unknown>,
): Promise<void> {
  try {
    await pipeline([command.stdout, ...stages], { signal: run.signal })
    await command.exited
  } catch (error) {
    await command.terminate()
    run.signal.throwIfAborted()
    throw await explained(error)
  }
}

/** Each with its detail and hint: `pg_dump: warning: ...`, `pg_dump: detail: ...`. */
function toolWarnings(stderr: string): string[] {
  const found: string[] = []
  for (const line of stderr.split('\n')) {
    const [, kind, text = ''] = /^pg_\w+: (warning|detail|hint): (.*)$/.exec(line) ?? []
    if (kind === 'warning') found.push(text)
    else if (kind !== undefined && found.length > 0) found[found.length - 1] += ` (${text})`
    else if (line === leftOut && found.length > 0) found.push('more warnings than are kept here')
  }
  return found
}

function watch(guard: StallWatch, command: RunningCommand, stages: Transform[]): () => void {
  let bytes = 0
  // Counts what is read; it is the pipeline that lets it flow.
  command.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length))
  return watchForStall(guard, {
    bytes: () => bytes,
    isHeldBack: () => stages[0]?.writableNeedDrain ?? false,
    onStall: (error) => stages.at(-1)?.destroy(error),
  })
}

function explainOnce(producer: PartProducer): (error: unknown) => Promise<unknown> {
  let answer: Promise<unknown> | null = null
  return (error) => {
    const explain = async () => {
      const told = dumpError(error, producer.tool)
      return producer.explain ? await producer.explain(told) : told
    }
    // Stage and follower meet the same failure; the server is asked once.
    answer ??= explain()
    return answer
  }
}
