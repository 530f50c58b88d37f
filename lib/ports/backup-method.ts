import type { Readable } from 'node:stream'
import type { Check, DownloadForm } from '../contracts/backup'
import type { BackupKind } from '../contracts/backup-kind'
import type { Manifest, ManifestPart } from '../contracts/repository/manifest'
import type { Measure } from '../contracts/repository/measure'
import type { RestoreTestLevel } from '../contracts/schedule'
import type { ByteRange } from '../core/byte-range'
import type { RecoveryPlan } from '../core/recovery/plan-recovery'
import type { StoredFile } from '../core/repository/hand-reading'
import type { HandStep } from '../core/repository/hand-step'
import type { LogPosition } from './log-method'
import type { LogReader } from './log-reader'
import type { SourceSpec } from './source-spec'
import type { RunningCommand } from './process'
import type { RunContext } from './run-context'
import type { KeepOut, SandboxOrder } from './sandbox'

/** One stream that a backup consists of. */
export interface BackupPart {
  /** A word of the engine, kept in the manifest. */
  role: string
  /** Has the data itself, whose streams share memory and time; others are small. */
  data: boolean
  /** What the engine wants to know of the part when it restores it. */
  facts?: Record<string, unknown>
  /** Base name without compression and encryption suffixes: `archive.dump`, `data-1.dump`, `globals.sql`. */
  base: string
  /** Estimate for progress; never relied on. */
  expectedBytes?: number
  /** Compressed so that its middle can be read, where the compression allows it. */
  seekable?: boolean
  /** What it holds is compared with checksums of the source's own while it passes: its plain bytes as a whole need no hash. */
  comparedByContent?: boolean
  /** No other part comes while it does: one compressor has what the machine can spare. */
  inTurn?: boolean
  /**
   * Starts the producer. `stream` carries its output. `finished` settles after the producer ended: it rejects unless it
   * exited 0, wrote output and its format's end was reached. The reader of `stream` must also await `finished`.
   * On abort the whole process group is ended before `finished` rejects.
   */
  open(run: RunContext): { stream: Readable; finished: Promise<void> }
}

/** A stretch of a log on one timeline; `to` is exclusive. */
export interface LogRange {
  from: LogPosition
  to: LogPosition
  timeline: string
  /** Of the server that writes the log, as its follower names it. */
  identity: string
}

/** A backup being taken: one consistent point of the source, held until `close`. */
export interface BackupSession {
  /** What it is: a method that stores differences takes a full one where they are not possible. */
  kind: BackupKind
  /** It builds on the parent that was given. */
  builtOn?: boolean
  /** Version of the server; null: there is none. */
  engineVersion: string | null
  /** What writes the parts, with the version that a restore needs at least; null: this program. */
  tool: { name: string; version: string } | null
  /** Which server or place this is, told from others; null: the engine cannot. Backups of different ones never compete. */
  identity: string | null
  /** What was backed up, for people. */
  label: string | null
  /** What was counted, to judge what is usual. */
  measures: Measure[]
  /** Facts that the engine wants back at restore time, kept in the manifest. */
  facts: Record<string, unknown>
  warnings: string[]
  /** What the backup lacks because the role is not shown it or cannot read it, in words. */
  withheld: string[]
  /** What the tools warned of; complete once every part has been read. */
  toolWarnings: string[]
  /** May be read side by side: all are of one snapshot. */
  parts: BackupPart[]
  /** To be called when the data is out and before it counts: rejects when what was read need not be the source's. */
  confirm(): Promise<void>
  /**
   * From where to where of the source's log a restore needs it; known once `confirm` has resolved. Absent: none of it. Such a backup
   * counts only once this much of the log is stored.
   */
  range?(): LogRange
  /** By the server's clock, the earliest moment that can be recovered to with it; with `range`. */
  endedAt?(): Date
  /** Whether the source itself said that it is damaged while it was read; complete once every part has been read. Absent: it cannot. */
  damagedAtSource?(): boolean
  close(): Promise<void>
}

/** Opens a part's plain bytes: decrypted, decompressed and checked against the manifest; errors before its end when damaged. */
export type OpenPart = (part: ManifestPart, run: RunContext) => Promise<Readable>

/**
 * A part's plain bytes on their way into a tool past this process: it decrypts and checks, and a program of its own
 * decompresses into `stdin`, the reading end of a pipe.
 */
export interface PartFeed {
  /** Start the tool with this as its stdin, then call `into`. */
  readonly stdin: number
  /** Stored bytes that were read so far. */
  bytes(): number
  /** True while the store is waited for. */
  isHeldBack(): boolean
  /**
   * Resolves when all bytes were right and the tool has exited 0. Rejects with the first cause: the bytes'
   * (`object-damaged`), the store's, the decompressor's, or the tool's.
   */
  into(tool: RunningCommand): Promise<void>
  /** Ends what still runs. */
  close(): Promise<void>
}

/** Null when this part's bytes, or this machine, allow it through this process only: take `OpenPart` then. */
export type OpenFeed = (part: ManifestPart, run: RunContext) => Promise<PartFeed | null>

/** Reads parts to their end against the manifest, before anything of them is used; rejects with `object-damaged`. */
export type CheckParts = (parts: ManifestPart[], run: RunContext) => Promise<void>

/** A part whose middle is read. */
export interface PartRanges {
  /**
   * The plain bytes of these ranges, one after the other. Ranges come in order and none overlaps the next; what lies close
   * together is read in one request. The bytes are not compared with the hashes of the manifest, and anybody can encrypt other
   * ones for the backup's public key: compare them with what is known of them. The stream fails with `object-damaged`, and with
   * the errors of `Storage.get`.
   */
  read(ranges: AsyncIterable<ByteRange> | Iterable<ByteRange>, run: RunContext): Readable
}

/** Null when this part can only be read whole: take `OpenPart` then. */
export type OpenRanges = (part: ManifestPart, run: RunContext) => Promise<PartRanges | null>

/** What a restore test found. */
export interface Proof {
  checks: Check[]
  /** Facts for the evidence: sandbox version, sizes, counts, steps with durations. */
  evidence: Record<string, unknown>
  /** Milliseconds from first byte to the database being usable (the measured restore time). */
  restoreDurationMs: number
}

/** Some of what a backup would read, for measuring; it is held in memory and never stored. */
export interface DumpSample {
  /** Pieces of the objects read, mixed by their share, so that any beginning is a smaller sample. */
  pieces: Buffer[]
  bytes: number
  /** What they are of, as people know it (`schema.table`). */
  tables: string[]
  /** How fast the source delivered; null when it was too little to tell. */
  bytesPerSecond: number | null
}

/** A backup that can be read. */
export interface ReadableBackup {
  manifest: Manifest
  open: OpenPart
  /** Only for parts whose bytes were found right before, or are compared with something else as they are used. */
  feed?: OpenFeed
}

export interface ProveInput extends ReadableBackup {
  /** The backups it builds on, the full one first; absent: it stands alone. */
  before?: ReadableBackup[]
  level: Exclude<RestoreTestLevel, 'quick'>
  /** For backups that need some of the source's log: what is replayed over it, and up to where. */
  recovery?: { log: LogReader; plan: RecoveryPlan }
  sandbox: SandboxOrder
  /** Options of the source that say what to ask of what was restored beyond its own facts; absent: nothing. */
  expectations?: Readonly<Record<string, unknown>>
}

/** Where a restore goes: the source whose server and credentials are used, and what the engine's contract calls its target. */
export type RestoreTarget = { source: SourceSpec } & Record<string, unknown>

/** A backup that is restored from. */
export interface RestorableBackup extends ReadableBackup {
  check: CheckParts
  /** Absent: all parts are read whole. */
  ranges?: OpenRanges
}

export interface RestoreInput extends RestorableBackup {
  /** The backups it builds on, the full one first; absent: it stands alone. */
  before?: RestorableBackup[]
  target: RestoreTarget
  /** What Holdfast keeps the tools that read the backup out of, and what must not be written over. */
  keepOut: KeepOut
}

/** A form in which a backup is downloaded beside its parts as they are. */
export interface BackupExport {
  /** Of the file, with its dot. */
  extension: string
  contentType: string
  open(backup: ReadableBackup, run: RunContext): { stream: Readable; finished: Promise<void> }
}

/**
 * One way to take a backup of an engine, to prove it and to restore it. Roles of parts, facts and measures in the manifest are
 * its own. All long calls follow RunContext. Errors: HoldfastError, with the codes that `Engine` lists.
 */
export interface BackupMethod {
  /**
   * Checks versions and privileges, then opens the parts. Fails before anything is written. `parent` is what
   * differences are stored against, for methods that do; absent: a full backup is due. `scratch` is a private folder of the
   * worker's for what cannot be streamed from the source, removed by `close`; absent: the system's for temporary files.
   */
  begin(
    source: SourceSpec,
    run: RunContext,
    options?: { attempt?: number; parent?: ReadableBackup; scratch?: string },
  ): Promise<BackupSession>
  /**
   * Restores into a sandbox and runs the checks of the level (`standard` or `comprehensive`). Damage and differences
   * are failed checks; a sandbox that is not available, or does not keep it apart, is a thrown error
   * (`sandbox-unavailable`, `sandbox-unconfined`, `sandbox-full`), which the caller records as inconclusive.
   */
  prove(input: ProveInput, run: RunContext): Promise<Proof>
  /**
   * Restores to a new place; refuses an existing one. What is half finished is removed, or left under a name that says so.
   */
  restore(input: RestoreInput, run: RunContext): Promise<{ warnings: string[] }>
  /** The parts that hold the data, in the order in which they are restored: what is downloaded. */
  dataParts(manifest: Pick<Manifest, 'parts'>): ManifestPart[]
  /** How to restore by hand with the standard tools: for the manifest, the guide beside it, and what is downloaded. */
  howToRestore(files: StoredFile[], of: Pick<Manifest, 'method' | 'tool' | 'source'>): HandStep[]
  /** Other forms of a download, by the name of the form. */
  exports?: Readonly<Partial<Record<DownloadForm, BackupExport>>>
  /**
   * Reads up to `bytes` of what a backup would read, from several of the largest objects, within about `timeLimitMs`;
   * what was read by then is the sample. Absent: there is none. Throws as `begin` does when nothing can be
   * read; an empty source is an empty sample.
   */
  sample?(source: SourceSpec, input: { bytes: number; timeLimitMs: number }, run: RunContext): Promise<DumpSample>
}
