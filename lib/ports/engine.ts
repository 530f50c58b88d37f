import type { BackupKind } from '../contracts/backup-kind'
import type { EngineName } from '../contracts/common'
import type { Finding, Inspection } from '../contracts/source'
import type { BackupMethod } from './backup-method'
import type { LogMethod } from './log-method'
import type { RecoveryMethod } from './recovery-method'
import type { RunContext } from './run-context'
import type { SourceSpec } from './source-spec'

/** What the role of a restore's target may do there, asked from the server. */
export interface TargetStanding {
  user: string
  /** Why code that runs with this role reaches beyond the database it is in, in words; null: it does not. */
  reach: string | null
  /** The advisory lock that was asked for is held on this very server. */
  holdsLock: boolean
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
  /** The ways to take a backup, by the kind of backup that each makes. */
  readonly methods: Readonly<Partial<Record<BackupKind, BackupMethod>>>
  /** Absent: the engine has no log, or what it has cannot be followed. */
  readonly log?: LogMethod
  /** Absent: nothing is recovered with a log. */
  readonly recovery?: RecoveryMethod
  /** Test connection. Expected trouble is an answer, not an exception. Bounded by 15 s. */
  inspect(source: SourceSpec, run: RunContext): Promise<Inspection>
  /** What is wrong with this engine's programs on this machine, such as versions with known holes. Asks no server. */
  programFindings(): Promise<Finding[]>
  /** For engines with roles of their own; absent: there are none, and nothing that is restored is code. */
  readonly roles?: EngineRoles
}

/** Roles on a server: which to make, and what a given one could do. */
export interface EngineRoles {
  /** SQL an administrator runs to make a least-privilege role for backups. */
  backupRoleSql(source: SourceSpec): string
  /** SQL an administrator runs to make a role for restores that is no superuser. */
  restoreRoleSql(source: SourceSpec): string
  /**
   * Asks a restore's target what the restored code could do there. `lock` names an advisory lock that the caller holds
   * in the catalog, so that the server which holds the catalog is known by whatever address. Bounded by 15 s.
   */
  standing(source: SourceSpec, lock: readonly [number, number], run: RunContext): Promise<TargetStanding>
}
