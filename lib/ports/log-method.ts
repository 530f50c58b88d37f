import type { ContinuousCheck } from '../contracts/recovery/continuous'
import type { TimelineHistory } from '../core/log/timeline-history'
import type { SegmentName } from '../core/repository/log-paths'
import type { RunContext } from './run-context'
import type { SourceSpec } from './source-spec'

/** A place in the log, as the engine writes it; only the engine orders two of them. */
export type LogPosition = string

/** Commits among some bytes of the log, by the server's clock. */
export interface LogCommits {
  firstAt: Date
  lastAt: Date
}

/** What a follower reports, in the order of the log. */
export type LogEvent =
  /** Bytes of one segment, from `offset` on; the next ones follow them. `from` and `to` are the positions of the same bytes. */
  | {
      type: 'bytes'
      segment: SegmentName
      offset: number
      bytes: Buffer
      from: LogPosition
      to: LogPosition
      commits: LogCommits | null
      /** These are the last bytes of the segment. */
      whole: boolean
    }
  /**
   * The server had nothing after `position` at the moment `at` of its clock. `isAwaited`: it waits until everything is stored, as it does
   * when it is being shut down.
   */
  | { type: 'idle'; position: LogPosition; at: Date; isAwaited: boolean }
  /** The log goes on in another timeline, which began at `position`. Nothing follows this event. */
  | { type: 'forked'; timeline: string; position: LogPosition }

/** A log that is being followed. */
export interface LogFollowing {
  /** Of the server or cluster that writes it. Segments of another identity never come into the same log. */
  readonly identity: string
  /** The branch of the log that is followed. */
  readonly timeline: string
  /** Of a whole segment, where all have the same size. */
  readonly segmentBytes: number
  /** What is stored beside the segments to find the way to this timeline: by name; none on the first one. */
  readonly histories: readonly { segment: SegmentName; bytes: Buffer }[]
  /** The beginning of a segment. */
  readonly from: LogPosition
  /** Read once, to its end; reading slowly holds the server's stream back. Rejects with the codes of `Engine` and `log-gap`. */
  readonly events: AsyncIterable<LogEvent>
  /** A destination has stored everything up to here: only now may the server forget it. */
  confirm(position: LogPosition): void
  /** The newest position that the server has named. */
  serverPosition(): LogPosition
  close(): Promise<void>
}

/** Where to go on: the newest stored position, and the branch it is on. */
export interface LogResume {
  identity: string
  timeline: string
  position: LogPosition
  /** What comes next is gone: a new beginning is made with what the server still has. */
  afterGap: boolean
}

/** What a server keeps of its log for one source, as it says itself. */
export interface LogKeeping {
  /** The newest that it has. */
  position: LogPosition
  /** The oldest that it keeps for the source; null: nothing. */
  keptFrom: LogPosition | null
  /**
   * `kept`: all that is not stored. `doomed`: it removes some of that at its next opportunity. `lost`: it has removed some. `absent`: it
   * keeps nothing for the source.
   */
  state: 'kept' | 'doomed' | 'lost' | 'absent'
  /** Why it is lost, in the server's own word, where it has one. */
  because: string | null
  /** What it can still write before it removes log that is not stored; null: as much as its disk holds. */
  spareBytes: number | null
  /** What it keeps at most; null: it has no limit. */
  limitBytes: number | null
  /** Name of the setting that limits it. */
  limitName: string
  /** Name of the program that reads the log; null: none does, empty: the role is not shown it. */
  reader: string | null
}

/** Orders of positions; `to` is exclusive. */
export interface LogStretch {
  from: bigint
  to: bigint
}

/** What a server hands in of its log, by the file's name. `passed`: nothing that a recovery needs. */
export interface PushedFile {
  kind: 'segment' | 'history' | 'passed'
  timeline: string
}

/** A server that is not followed, as it says over an ordinary connection. */
export interface LogServer {
  identity: string
  timeline: string
  segmentBytes: number
  /** What it has written, at the moment `at` of its clock. */
  position: LogPosition
  at: Date
  /** The same at two moments: nothing was committed between them. Null: nobody knows. */
  idleMark: string | null
  /** What is known of the server's own attempts to hand its log in; null where the role is not shown it. */
  queue: { files: number; oldestAt: Date | null } | null
  /** The newest attempt failed, at this moment. */
  failedAt: Date | null
}

/** A segment that was handed in, once it was found to be whole and of the log. */
export interface PushedSegment {
  segment: SegmentName
  segmentBytes: number
  from: LogPosition
  to: LogPosition
  lastCommitAt: Date | null
}

/** How servers that cannot be followed hand in their log, a whole file at a time. */
export interface PushedLogMethod {
  /** What the server lacks for it. As `LogMethod.check`. */
  check(source: SourceSpec, run: RunContext): Promise<ContinuousCheck>
  /** Null: no file of a log has this name. */
  fileOf(name: string): PushedFile | null
  /** Asks the server who it is, and how far its log has come. Throws the codes of `Engine`. */
  ask(source: SourceSpec, run: RunContext): Promise<LogServer>
  /**
   * Reads a whole segment. Throws `log-foreign` when it is not of this log, and `object-damaged` when it is not what its name says, is
   * cut off, or holds what no server writes.
   */
  read(name: string, bytes: Buffer, known: { identity: string; segmentBytes?: number }): PushedSegment
}

/** How an engine's log of every change is followed. Errors: the codes that `Engine` lists, and those named here. */
export interface LogMethod {
  /** What the server lacks for being followed. Expected trouble is an answer, not an exception. Changes nothing. */
  check(source: SourceSpec, run: RunContext): Promise<ContinuousCheck>
  /** Absent where servers hand in nothing. */
  readonly pushed?: PushedLogMethod
  /** Name of what the server keeps for this source, so that it forgets nothing that is not stored. */
  slotName(sourceId: string): string
  /**
   * Follows the log from where it is stored to, from now when null; makes the slot where there is none. Throws `log-gap` when the
   * server no longer has what comes next, and `log-foreign` when the server is another one than the log's.
   */
  follow(source: SourceSpec, resume: LogResume | null, run: RunContext): Promise<LogFollowing>
  /** What the server keeps for this source. Changes nothing, and does not need the follower to be connected. */
  keeping(source: SourceSpec, run: RunContext): Promise<LogKeeping>
  /** Removes the slot; one that is not there is no error. */
  removeSlot(source: SourceSpec, run: RunContext): Promise<void>
  /** Puts positions of one timeline in order, by bytes: their difference is how much of the log lies between. Below 2^63. */
  order(position: LogPosition): bigint
  /** The position of an order. */
  position(order: bigint): LogPosition
  /**
   * Where a whole segment lies, by its name and the size of segments; null for what is stored beside the segments. Throws a `RangeError`
   * for a segment whose place its name does not say: it is no name of a segment of that size, or the size is null, not known.
   */
  stretchOf(name: string, segmentBytes: number | null): LogStretch | null
  /** The size of segments, as the facts of a base backup say; null when they do not. */
  segmentBytesOf(facts: Record<string, unknown>): number | null
  /** How a timeline came about, from what is stored beside its segments. Throws a `SyntaxError` for what no server writes. */
  history(timeline: string, stored: string): TimelineHistory
}
