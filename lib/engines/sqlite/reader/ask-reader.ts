import type { Readable } from 'node:stream'
import { z } from 'zod'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Priority } from '@/lib/core/tool-priority'
import type { CommandSpec } from '@/lib/ports/process'
import type { RunContext } from '@/lib/ports/run-context'
import { runCommand } from '@/lib/process/run-command'
import { readerScript } from './reader-script'

/** Names and hashes of some 100,000 tables. */
const answerLimit = 64 * 1024 * 1024
const corrupt = 11
const notADatabase = 26

const lineSchema = z.union([
  z.object({ holding: z.object({ wal: z.boolean() }) }),
  z.object({ ok: z.unknown() }),
  z.object({
    failed: z.object({ message: z.string(), code: z.string().optional(), errcode: z.number().nullable() }),
  }),
])

/** SQLite or the system refused what was asked. */
export class ReaderError extends Error {
  constructor(
    message: string,
    /** Node's or the system's: `ENOENT`, `ERR_SQLITE_ERROR`; `no-database` for what is none. */
    readonly code: string,
    /** SQLite's primary result code; null when it was not SQLite. */
    readonly resultCode: number | null,
  ) {
    super(message)
  }

  /** The bytes are no whole database. */
  get isDamage(): boolean {
    return this.code === 'no-database' || this.resultCode === corrupt || this.resultCode === notADatabase
  }
}

export type Question =
  | { do: 'inspect'; path: string; timeoutMs: number }
  | { do: 'copy'; path: string; to: string; timeoutMs: number }
  | { do: 'examine'; path: string; hashes: boolean }
  | { do: 'ask'; path: string; sql: string }
  | { do: 'quick'; path: string }

export interface Reading {
  /** For files that are not trusted: how the process is kept apart. */
  confine?: (spec: CommandSpec) => CommandSpec
  priority?: Priority
  /** A copy has its lock from now on; writers wait for it unless the database is in WAL mode. */
  onHolding?: (lock: { wal: boolean }) => void
}

/** Asks a process of its own. Rejects with ReaderError, with `command-failed` when the process did not survive, or on abort. */
export async function askReader<T>(
  question: Question,
  answer: z.ZodType<T>,
  run: Pick<RunContext, 'signal' | 'logger'>,
  { confine = (spec) => spec, priority, onHolding }: Reading = {},
): Promise<T> {
  const spec: CommandSpec = {
    file: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', '-e', readerScript, '--', JSON.stringify(question)],
    ...(priority === undefined ? {} : { priority }),
  }
  const command = runCommand(confine(spec), run)
  try {
    let found: { value: unknown } | null = null
    for await (const line of linesOf(command.stdout)) {
      const parsed = lineSchema.parse(JSON.parse(line))
      if ('holding' in parsed) onHolding?.(parsed.holding)
      else if ('failed' in parsed) {
        const { message, code, errcode } = parsed.failed
        throw new ReaderError(message, code ?? 'unknown', errcode === null ? null : errcode & 0xff)
      } else found = { value: parsed.ok }
    }
    await command.exited
    if (!found) throw new HoldfastError('command-failed', 'The process that reads the database ended without an answer')
    return answer.parse(found.value)
  } finally {
    await command.terminate()
  }
}

async function* linesOf(stdout: Readable): AsyncGenerator<string> {
  let text = ''
  let size = 0
  stdout.setEncoding('utf8')
  for await (const chunk of stdout) {
    size += String(chunk).length
    if (size > answerLimit)
      throw new HoldfastError('command-failed', 'The process that reads the database answers without end')
    const lines = `${text}${String(chunk)}`.split('\n')
    text = lines.pop() ?? ''
    yield* lines
  }
}
