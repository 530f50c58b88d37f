import { HoldfastError } from '../../core/holdfast-error'
import { engineNameSchema, type EngineName } from '../common'
import type { EngineContract } from './engine-contract'
import { postgresContract } from './postgres'

/** The only list of what engines look like from outside; lib/engines lists what they do. */
export const engineContracts: Partial<Record<EngineName, EngineContract>> = {
  postgres: postgresContract,
}

/** The contract of a stored source's engine; throws `engine-unsupported` for one that is not built in. */
export function engineContract(engine: string): EngineContract {
  const name = engineNameSchema.safeParse(engine)
  const contract = name.success ? engineContracts[name.data] : undefined
  if (contract) return contract
  throw new HoldfastError('engine-unsupported', `Sources of the engine ${engine} are not supported yet.`)
}
