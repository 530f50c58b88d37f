import type { Measure } from '../../contracts/repository/measure'

/** What is known of one good backup and compared with others of its source. Null is what was not recorded. */
export interface JudgedBackup {
  id: string
  sourceBytes: number
  storedBytes: number
  durationMs: number | null
  /** What its engine counted. */
  measures: readonly Measure[]
  /** What holds its data, by name, and the measure that counts them. */
  containers: { measure: string; names: readonly string[] } | null
  /** How it was stored, such as `zstd+age`; stored sizes are compared with those of the same way only. */
  encoding: string | null
}
