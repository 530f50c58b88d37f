import { engineNameSchema, type EngineName } from '@/lib/contracts/common'
import type { BuiltInEngine } from '@/lib/contracts/engines/index'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Engine } from '@/lib/ports/engine'
import { files } from './files/engine'
import { postgres } from './postgres/engine'
import { sqlite } from './sqlite/engine'

/** The only list of engines. */
export const engines: Record<BuiltInEngine, Engine> = { postgres, sqlite, files }
const byName: Partial<Record<EngineName, Engine>> = engines

/** The engine of a family; throws `engine-unsupported` for one that is not built in. */
export function findEngine(name: string): Engine {
  const known = engineNameSchema.safeParse(name)
  const engine = known.success ? byName[known.data] : undefined
  if (engine) return engine
  throw new HoldfastError('engine-unsupported', `Sources of the engine ${name} are not supported yet.`)
}
