import type { FoundRecord, RecoveryPlan } from '../core/recovery/plan-recovery'
import type { ReadableBackup, RestoreTarget } from './backup-method'
import type { LogReader } from './log-reader'
import type { RunContext } from './run-context'
import type { SandboxOrder } from './sandbox'
import type { SourceSpec } from './source-spec'

/** What is looked for in a log. */
export type SoughtRecord = { type: 'xid' | 'name'; value: string }

export interface RecoverInput extends ReadableBackup {
  /** The backups it builds on, the full one first; absent: it stands alone. */
  before?: ReadableBackup[]
  recovery: { log: LogReader; plan: RecoveryPlan }
  /** `look`: can only be read. `change`: opened for writing, so that it can be dumped or handed over. */
  use: 'look' | 'change'
  sandbox: SandboxOrder
}

/** Where a recovery really ended. */
export interface ReachedPoint {
  position: string
  timeline: string
  /** Of the last transaction that was replayed; null: there was none. */
  time: Date | null
  /** Of the transaction at which it stopped. */
  xid: string | null
}

export interface PointQuery {
  /** Absent: the one that the source names. */
  database: string | undefined
  /** One statement that reads. */
  sql: string
  limits: { rows: number; bytes: number; ms: number }
}

export interface PointAnswer {
  columns: string[]
  /** Values as the server writes them; null is NULL. */
  rows: (string | null)[][]
  truncated: boolean
}

/** A server at its target, in a sandbox of its own until `close`. */
export interface RecoveredPoint {
  reached: ReachedPoint
  /** Milliseconds of each step, by its name. */
  steps: Record<string, number>
  /** What is other than on the source's server, in words. */
  notes: string[]
  /** A private folder of the worker's, which goes with the point. */
  scratch: string
  /** Those that can be opened. */
  databases: string[]
  /** Throws `query-refused` and `query-failed`. */
  query(query: PointQuery, run: RunContext): Promise<PointAnswer>
  /** How a backup of one of its databases is taken, by default of the one that the source names; `like` is that source. */
  sourceOf(database: string | undefined, like: SourceSpec): SourceSpec
  /**
   * Shuts the server down and makes its files a new folder, which a server can be started in. Nothing can be asked of the point any more.
   * Throws `target-exists`, `target-invalid` and `target-full`; nothing is left then. Answers what to know before the start.
   */
  handOver(directory: string, keepOut: string[], run: RunContext): Promise<string[]>
  close(): Promise<void>
}

/** How a backup and the log of an engine become a server. Errors: those of `BackupMethod.prove`, and `recovery-failed`. */
export interface RecoveryMethod {
  /** The caller closes it, and keeps `run` alive until then. */
  open(input: RecoverInput, run: RunContext): Promise<RecoveredPoint>
  /** Refuses a target beforehand that nothing could be taken into, as a restore would: `target-exists`, `target-invalid`, and the like. */
  checkTarget(target: RestoreTarget, run: RunContext): Promise<void>
  /** Refuses a new folder beforehand, as `handOver` does. */
  checkDirectory(directory: string, keepOut: string[]): Promise<void>
  /** Looks for a record in segments that are given one after the other, each from its beginning; answers each time what was found in it. */
  finder(sought: SoughtRecord, segmentBytes: number): (order: bigint, bytes: Buffer) => FoundRecord[]
  /** Writes a named restore point into the log of a server: where its record ends, and when, by the server's clock. */
  markPoint(
    source: SourceSpec,
    name: string,
    run: RunContext,
  ): Promise<{ identity: string; timeline: string; position: string; at: Date }>
}
