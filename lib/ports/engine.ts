import type { Readable } from 'node:stream'
import type { Check } from '../contracts/backup'
import type { EngineName } from '../contracts/common'
import type { RestoreTestLevel } from '../contracts/schedule'
import type { CommonOptions } from '../contracts/engines/common'
import type { Finding, Inspection } from '../contracts/source'
import type { HandStep } from '../core/repository/hand-step'
import type { Manifest, ManifestPart } from '../contracts/repository/manifest'
import type { Measure } from '../contracts/repository/measure'
import type { RunningCommand } from './process'
import type { RunContext } from './run-context'
import type { KeepOut } from './sandbox'

/** A source with its secret unsealed. `connection` was parsed by the contract of its engine. */
export interface SourceSpec {
  id: string
  name: string
  engine: EngineName
  connection: Record<string, unknown>
  /** By the names of their fields; one that was not given is absent. */
  secrets: Readonly<Record<string, string>>
  /** Options of every source, and the engine's own as its contract parsed them. */
  options: CommonOptions & Record<string, unknown>
}

/** A part as it lies in the store, or as it was downloaded. */
export interface StoredFile {
  role: string
  file: string
  compression: string
  encrypted: boolean
}

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
  /**
   * Starts the producer. `stream` carries its output. `finished` settles after the producer ended: it rejects unless it
   * exited 0, wrote output and its format's end was reached. Whoever reads `stream` must also await `finished`.
   * On abort the whole process group is ended before `finished` rejects.
   */
  open(run: RunContext): { stream: Readable; finished: Promise<void> }
}

/** A backup being taken: one consistent point of the source, held until `close`. */
export interface BackupSession {
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
   * Resolves when all bytes were right and the tool has exited 0. Rejects with whoever's fault it was first: the bytes'
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

/** What a restore test's sandbox is made with. */
export interface SandboxOrder {
  /** Folder below which sandboxes are made. */
  root: string
  /** What of ours code in a backup must not reach. */
  keepOut: KeepOut
  /** True: an administrator accepts for this source that its code runs on this machine without being kept apart. */
  acceptUnconfined?: boolean
  /** Folders of this machine with libraries that functions load by their path; code in a backup may read them. */
  libraries?: string[]
  /** Most bytes it may have on the disk; chosen from the size of the source when absent. */
  diskBytes?: number
}

/** What a restore test found. */
export interface Proof {
  checks: Check[]
  /** Facts for the evidence: sandbox version, sizes, counts, steps with durations. */
  evidence: Record<string, unknown>
  /** Milliseconds from first byte to the database being usable (the measured restore time). */
  restoreDurationMs: number
}

export interface RestoreTarget {
  /** Server and credentials. */
  source: SourceSpec
  database: string
  owners: 'keep' | 'drop'
  /** Jobs and streams side by side; absent: chosen from the cores. */
  parallelism?: number
  /** Only these tables or whole schemas, with what they need; absent: everything. */
  only?: RestoreSelection
}

/** What the role of a restore's target may do there, asked from the server. */
export interface TargetStanding {
  user: string
  /** Why code that runs with this role reaches beyond the database it is in, in words; null: it does not. */
  reach: string | null
  /** The advisory lock that was asked for is held on this very server. */
  holdsLock: boolean
}

/** Names as the database has them, not quoted. */
export interface RestoreSelection {
  schemas: string[]
  tables: { schema: string; name: string }[]
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

/**
 * One product family. All long calls follow RunContext. Errors: HoldfastError; the codes of `inspect`'s error and of
 * everything that connects: `host-unreachable` `connection-refused` `password-rejected` `tls-refused` `hba-refused`
 * `no-such-database` `client-too-old` `client-missing` `privilege-missing` `lock-timeout` `server-gone`
 * `producer-failed` `producer-truncated` `source-failed` `pooler-refused` `database-closed` `too-many-tables`
 * `too-few-connections` `value-unreadable`.
 */
export interface Engine {
  readonly name: EngineName
  /** Test connection. Expected trouble is an answer, not an exception. Bounded by 15 s. */
  inspect(source: SourceSpec, run: RunContext): Promise<Inspection>
  /** What is wrong with this engine's programs on this machine, such as versions with known holes. Asks no server. */
  programFindings(): Promise<Finding[]>
  /** SQL an administrator runs to make a least-privilege role for backups. */
  backupRoleSql(source: SourceSpec): string
  /**
   * Reads up to `bytes` of what a backup would dump, from several of the largest objects, within about `timeLimitMs`;
   * what was read by then is the sample. Absent: the engine has none. Throws as `beginBackup` does when nothing can be
   * read; an empty source is an empty sample.
   */
  sample?(source: SourceSpec, input: { bytes: number; timeLimitMs: number }, run: RunContext): Promise<DumpSample>
  /** Checks versions and privileges, then opens the parts. Fails before anything is written. */
  beginBackup(source: SourceSpec, run: RunContext, options?: { attempt?: number }): Promise<BackupSession>
  /**
   * Restores into a sandbox and runs the checks of the level (`standard` or `comprehensive`). Damage and differences
   * are failed checks; a sandbox that cannot be had, or does not keep it apart, is a thrown error
   * (`sandbox-unavailable`, `sandbox-unconfined`, `sandbox-full`), which the caller records as inconclusive.
   */
  prove(
    input: {
      manifest: Manifest
      open: OpenPart
      level: Exclude<RestoreTestLevel, 'quick'>
      sandbox: SandboxOrder
      /** Options of the source that say what to ask of what was restored beyond its own facts; absent: nothing. */
      expectations?: Readonly<Record<string, unknown>>
    },
    run: RunContext,
  ): Promise<Proof>
  /** Restores into a new database; refuses an existing one. A half-finished database is removed or left under a name that says so. */
  restore(
    input: {
      manifest: Manifest
      open: OpenPart
      feed?: OpenFeed
      check: CheckParts
      target: RestoreTarget
      /** What of ours the tools that read the backup must not reach. */
      keepOut: KeepOut
    },
    run: RunContext,
  ): Promise<{ warnings: string[] }>
  /**
   * Asks a restore's target what the restored code could do there. `lock` names an advisory lock that the caller holds
   * in the catalog, so that the server which holds the catalog is known by whatever address. Bounded by 15 s.
   */
  standing(source: SourceSpec, lock: readonly [number, number], run: RunContext): Promise<TargetStanding>
  /** SQL an administrator runs to make a role for restores that is no superuser. */
  restoreRoleSql(source: SourceSpec): string
  /** The parts that hold the data, in the order in which they are restored. */
  dataParts(manifest: Pick<Manifest, 'parts'>): ManifestPart[]
  /** How to restore by hand with the standard tools: for the manifest, the guide beside it, and what is downloaded. */
  howToRestore(files: StoredFile[], of: Pick<Manifest, 'tool' | 'source'>): HandStep[]
  /** All parts as one plain SQL script, without the roles. */
  toSql(input: { manifest: Manifest; open: OpenPart }, run: RunContext): { stream: Readable; finished: Promise<void> }
  /** Removes sandboxes below the root that no live process owns or that are older than the limit. Returns what was removed. */
  sweepSandboxes(root: string, olderThanMs: number, run: RunContext): Promise<string[]>
}
