import type { ConfinementReport } from '../contracts/confinement'
import type { CommandSpec } from './process'
import type { RunContext } from './run-context'

/** What Holdfast keeps restored code out of; the probe tries each of them. */
export interface KeepOut {
  /** Files and folders: may be neither read nor written. */
  paths: string[]
  /** Processes: may be neither signalled nor looked into. */
  pids: number[]
  /** Unix sockets: may not be connected to. */
  sockets: string[]
}

/** What a confined command may touch beside the system's own programs, which it may only read. */
export interface View {
  /** Files and folders under their own names; what does not exist is left out. */
  read?: string[]
  write?: string[]
}

/** A way to run programs that are not trusted, all as one user. It is probed before it is given out. */
export interface Confinement {
  report: ConfinementReport
  /** For removing what a worker that died left. */
  user: { kind: 'own' | 'sub' | 'shared'; uid?: number | undefined }
  /** The same command, confined. */
  command(spec: CommandSpec, view: View): CommandSpec
  /** Makes files and folders, whatever is in them, the confined user's. */
  give(...paths: string[]): Promise<void>
  /** Makes folders, whatever is in them, the worker's own again. Nothing of it may run any more. */
  takeBack(...paths: string[]): Promise<void>
  /** Bytes on the disk of these folders. */
  diskUsage(paths: string[], run: Pick<RunContext, 'signal' | 'logger'>): Promise<number>
  /** Ends every process of it, and removes what it left outside of its folders; then these folders. */
  end(folders: string[]): Promise<void>
}

/** What a restore test's sandbox is made with. */
export interface SandboxOrder {
  /** Folder below which sandboxes are made. */
  root: string
  /** What Holdfast keeps the code of a backup out of. */
  keepOut: KeepOut
  /** True: an administrator accepts for this source that its code runs on this machine without being kept apart. */
  acceptUnconfined?: boolean
  /** Folders of this machine with libraries that functions load by their path; code in a backup may read them. */
  libraries?: string[]
  /** Most bytes it may have on the disk; chosen from the size of the source when absent. */
  diskBytes?: number
}
