import type { Readable } from 'node:stream'
import type { Check } from '../contracts/backup'
import type { EngineName } from '../contracts/common'
import type { RestoreTestLevel } from '../contracts/schedule'
import type { Inspection, SourceOptions } from '../contracts/source'
import type { Manifest } from '../core/repository/manifest'
import type { RunContext } from './run-context'

/** A source with its secret unsealed. `connection` was parsed by the contract of its engine. */
export interface SourceSpec {
  id: string
  name: string
  engine: EngineName
  connection: Record<string, unknown>
  /** The password. */
  secret: string | null
  options: SourceOptions
}

/** One stream that a backup consists of. */
export interface BackupPart {
  role: 'archive' | 'globals'
  /** Base name without compression and encryption suffixes: `archive.dump`, `globals.sql`. */
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
  serverVersion: string
  toolVersion: string
  facts: Record<string, unknown>
  warnings: string[]
  parts: BackupPart[]
  /** Lines for the manifest: how to restore by hand with the standard tools. */
  howToRestore(
    files: { role: 'archive' | 'globals'; file: string; compression: string; encrypted: boolean }[],
  ): string[]
  close(): Promise<void>
}

/** Opens a part's plain bytes: decrypted, decompressed and checked against the manifest; errors before its end when damaged. */
export type OpenPart = (role: 'archive' | 'globals', run: RunContext) => Promise<Readable>

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
}

/**
 * One product family. All long calls follow RunContext. Errors: HoldfastError; the codes of `inspect`'s error and of
 * everything that connects: `host-unreachable` `connection-refused` `password-rejected` `tls-refused` `hba-refused`
 * `no-such-database` `client-too-old` `client-missing` `privilege-missing` `lock-timeout` `server-gone`
 * `producer-failed` `producer-truncated` `source-failed`.
 */
export interface Engine {
  readonly name: EngineName
  /** Test connection. Expected trouble is an answer, not an exception. Bounded by 15 s. */
  inspect(source: SourceSpec, run: RunContext): Promise<Inspection>
  /** SQL an administrator runs to make a least-privilege role for backups. */
  backupRoleSql(source: SourceSpec): string
  /** Checks versions and privileges, then opens the parts. Fails before anything is written. */
  beginBackup(source: SourceSpec, run: RunContext): Promise<BackupSession>
  /**
   * Restores into a sandbox and runs the checks of the level (`standard` or `comprehensive`). Damage and differences
   * are failed checks; a sandbox that cannot be had is a thrown error, which the caller records as inconclusive.
   */
  prove(
    input: { manifest: Manifest; open: OpenPart; level: Exclude<RestoreTestLevel, 'quick'>; sandboxRoot: string },
    run: RunContext,
  ): Promise<Proof>
  /** Restores into a new database; refuses an existing one. A half-finished database is removed or left under a name that says so. */
  restore(
    input: { manifest: Manifest; open: OpenPart; target: RestoreTarget },
    run: RunContext,
  ): Promise<{ warnings: string[] }>
  /** The archive as one plain SQL script. */
  toSql(archive: Readable, run: RunContext): { stream: Readable; finished: Promise<void> }
  /** Removes sandboxes below the root that no live process owns or that are older than the limit. Returns what was removed. */
  sweepSandboxes(root: string, olderThanMs: number, run: RunContext): Promise<string[]>
}
