import type { RestoreTarget } from '@/lib/ports/backup-method'
import type { SourceSpec } from '@/lib/ports/source-spec'

/** A small real source that the contract suite works on. */
export interface TestSource {
  source: SourceSpec
  /** What it holds, read with the engine's own tools: places that hold the same have equal digests. */
  digest(): Promise<unknown>
  /** Adds, changes and removes something, so that another backup differs. */
  change(): Promise<void>
  /** A place to restore to that does not exist yet. */
  newPlace(): Promise<TestPlace>
  /** Types the commands of a restore by hand into bash in a folder with the plain parts, and tells what came of it. */
  byHand(folder: string, commands: string[]): Promise<unknown>
  close(): Promise<void>
}

export interface TestPlace {
  target: RestoreTarget
  digest(): Promise<unknown>
  exists(): Promise<boolean>
}

/** What the suite needs of each engine. */
export interface EngineHarness {
  start(): Promise<TestSource>
  /** A source that is not there, with its secrets. */
  absent(): Promise<SourceSpec>
  /** What this engine does not have, and why: the suite sees that it does not. */
  notSupported: Partial<Record<'roles', string>>
}
