import type { EngineName } from '@/lib/contracts/common'
import type { EngineHarness } from './harness'
import { filesHarness } from './files'
import { postgresHarness } from './postgres'
import { sqliteHarness } from './sqlite'

/** One harness for each engine that is built in. */
export const engineHarnesses: Partial<Record<EngineName, EngineHarness>> = {
  postgres: postgresHarness,
  sqlite: sqliteHarness,
  files: filesHarness,
}
