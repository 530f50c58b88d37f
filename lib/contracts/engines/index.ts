import { HoldfastError } from '../../core/holdfast-error'
import { engineNameSchema, type EngineName } from '../common'
import type { BackupKind } from '../backup-kind'
import type { EngineContract, EngineMethod } from './engine-contract'
import { filesContract } from './files'
import { postgresContract } from './postgres'
import { sqliteContract } from './sqlite'

/** The only list of what engines look like from outside; lib/engines lists what they do. */
export const engineContracts = {
  postgres: postgresContract,
  sqlite: sqliteContract,
  files: filesContract,
} satisfies Partial<Record<EngineName, EngineContract>>
/** The engines that are built in. */
export type BuiltInEngine = keyof typeof engineContracts
const byName: Partial<Record<EngineName, EngineContract>> = engineContracts

/** What Holdfast's own catalog is: its first source, the server of sample databases, and a source's engine where none is named. */
export const catalogEngine = 'postgres' as const satisfies EngineName

/** The contract of an engine; null for one that is not built in. */
export function knownContract(engine: string): EngineContract | null {
  const name = engineNameSchema.safeParse(engine).data
  return (name && byName[name]) ?? null
}

/** The contract of a stored source's engine; throws `engine-unsupported` for one that is not built in. */
export function engineContract(engine: string): EngineContract {
  const contract = knownContract(engine)
  if (contract) return contract
  throw new HoldfastError('engine-unsupported', `Sources of the engine ${engine} are not supported yet.`)
}

/** The full backup that the log of an engine is replayed over; null for engines whose log is not followed. */
export function baseMethod(engine: string): EngineMethod | null {
  return engineContract(engine).methods.find(({ needsLog, buildsOn }) => needsLog && !buildsOn) ?? null
}

/** The method that is taken where no kind is named: the engine's first one, and for a source without dumps its base backup. */
export function usualMethod(engine: string, { dumps }: { dumps: boolean }): EngineMethod {
  return (dumps ? null : baseMethod(engine)) ?? engineContract(engine).methods[0]
}

/** Kinds of an engine's backups that cannot be restored without its log; none of an engine that is not built in. */
export function kindsWithLog(engine: string): BackupKind[] {
  return (knownContract(engine)?.methods ?? []).flatMap(({ kind, needsLog }) => (needsLog ? [kind] : []))
}

/** A backup of this kind is recovered with the log of its source. */
export function isWithLog({ engine, kind }: { engine: string; kind: string }): boolean {
  return kindsWithLog(engine).some((each) => each === kind)
}

/** The method by which backups of a kind are taken; throws `kind-unsupported`. */
export function methodOf(engine: string, kind: BackupKind): EngineMethod {
  const { title, methods } = engineContract(engine)
  const method = methods.find((one) => one.kind === kind)
  if (method) return method
  throw new HoldfastError('kind-unsupported', `${title} has no backups of kind ${kind}.`, {
    remedy: `Use ${methods.map((one) => one.kind).join(' or ')}.`,
  })
}
