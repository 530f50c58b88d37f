import type { BuiltInEngine } from '@/lib/contracts/engines/index'
import type { EngineHarness } from './harness'
import { filesHarness } from './files'
import { postgresHarness } from './postgres'
import { sqliteHarness } from './sqlite'

/** One harness for each engine that is built in. */
export const engineHarnesses: Record<BuiltInEngine, EngineHarness> = {
  postgres: postgresHarness,
  sqlite: sqliteHarness,
  files: filesHarness,
}
