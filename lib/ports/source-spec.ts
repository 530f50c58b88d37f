import type { EngineName } from '../contracts/common'
import type { CommonOptions } from '../contracts/engines/common'

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
