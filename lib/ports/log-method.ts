import type { RunContext } from './run-context'
import type { SourceSpec } from './source-spec'

/** A place in the log, as the engine writes it; only the engine orders two of them. */
export type LogPosition = string

/** What a segment is: whose, and where in the log. Segments of another identity never come into the same log. */
export interface LogName {
  /** Of the server or cluster that wrote it. */
  identity: string
  /** The branch of the log; null where the engine has but one. */
  timeline: string | null
  segment: string
}

/** Takes the log as it comes. */
export interface LogSink {
  /** Resolves when a destination has confirmed these bytes: only then may the server forget them. */
  store(name: LogName, bytes: Uint8Array, range: { from: LogPosition; to: LogPosition }, run: RunContext): Promise<void>
}

/** How an engine's log of every change is followed. */
export interface LogMethod {
  /**
   * Follows the log from a position, or from now when null, until the run is aborted. Rejects with the codes of `Engine`, and with
   * `log-gap` when the server no longer has what comes next.
   */
  follow(source: SourceSpec, from: LogPosition | null, sink: LogSink, run: RunContext): Promise<never>
  /** Says what a stored segment is, from its first bytes; null for anything else. */
  identify(head: Uint8Array): LogName | null
  /** Negative, zero or positive, as for `Array.sort`. */
  compare(a: LogPosition, b: LogPosition): number
}
