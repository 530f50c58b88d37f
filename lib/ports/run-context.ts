import type { Progress } from '../contracts/job'

/** Structured logger; what it writes has passed the redactor. */
export interface Logger {
  debug(message: string, facts?: Record<string, unknown>): void
  info(message: string, facts?: Record<string, unknown>): void
  warn(message: string, facts?: Record<string, unknown>): void
  error(message: string, facts?: Record<string, unknown>): void
  child(facts: Record<string, unknown>): Logger
}

/** The only source of "now" outside `lib/core`, where it is an argument. */
export interface Clock {
  now(): Date
}

/**
 * What every long call takes. On abort of `signal` the callee stops, releases what it opened, rejects with the
 * signal's reason and writes nothing more.
 */
export interface RunContext {
  signal: AbortSignal
  logger: Logger
  clock: Clock
  /** Reports the whole progress, not a difference; cheap to call often. */
  progress(progress: Progress): void
}
