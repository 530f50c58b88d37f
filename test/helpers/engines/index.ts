import type { EngineName } from '@/lib/contracts/common'
import type { EngineHarness } from './harness'
import { filesHarness } from './files'
import { postgresHarness } from './postgres'

/** One harness for each engine that is built in. */
export const engineHarnesses: Partial<Record<EngineName, EngineHarness>> = {
  postgres: postgresHarness,
  files: filesHarness,
}
