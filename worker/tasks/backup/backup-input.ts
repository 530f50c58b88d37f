import type { EngineMethod } from '@/lib/contracts/engines/engine-contract'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { TaskArgs } from '../../task'
import type { DestinationRun } from './destination-run'

/** One run of a backup: what is read, what it becomes, and where it goes. */
export interface BackupInput {
  args: TaskArgs
  spec: SourceSpec
  method: EngineMethod
  /** The backups that it may build on, the full one first; null: a full one is due. */
  chain: string[] | null
  backup: { id: string; folder: string; startedAt: Date }
  destinations: DestinationRun[]
}
