import type { Progress } from '@/lib/contracts/job'
import type { Logger, RunContext } from '@/lib/ports/run-context'
import type { KeepOut } from '@/lib/ports/sandbox'

/** A logger that keeps what it was told, so that tests can look for what must not be there. */
export function makeTestLogger(lines: string[] = []): Logger {
  const write = (message: string, facts?: Record<string, unknown>) => {
    lines.push(`${message} ${JSON.stringify(facts ?? {})}`)
  }
  return { debug: write, info: write, warn: write, error: write, child: () => makeTestLogger(lines) }
}

/** A run context with a signal of its own; `abort(reason)` cancels it. */
export function makeTestRun(): RunContext & {
  abort(reason?: unknown): void
  progressed: Progress[]
  logged: string[]
} {
  const controller = new AbortController()
  const progressed: Progress[] = []
  const logged: string[] = []
  return {
    signal: controller.signal,
    logger: makeTestLogger(logged),
    clock: { now: () => new Date() },
    progress: (progress) => progressed.push(progress),
    abort: (reason) => controller.abort(reason),
    progressed,
    logged,
  }
}

/** For tests whose subject is not what a sandbox keeps out; the probe still tries what it always tries. */
export const nothing: KeepOut = { paths: [], pids: [], sockets: [] }
