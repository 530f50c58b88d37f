import type { BackupKind } from '@/lib/contracts/backup-kind'
import type { EngineMethod } from '@/lib/contracts/engines/engine-contract'
import { baseMethod, knownContract, usualMethod } from '@/lib/contracts/engines/index'
import type { Protection } from '@/lib/contracts/recovery/protection'

/** Empty: as the source is usually backed up, which is what the API takes where no kind is named. */
export type ChosenKind = BackupKind | ''

/** What decides which kinds of backup a source can have. */
export interface KindSource {
  engine: string
  protection: Pick<Protection, 'dumps' | 'continuous'>
}

export interface KindChoices {
  choices: { value: ChosenKind; label: string }[]
  hint?: string
}

/** Those of the sources that have these ids. */
export const sourcesAmong = <S extends KindSource & { id: string }>(
  sources: readonly S[],
  ids: readonly string[],
): readonly S[] => sources.filter(({ id }) => ids.includes(id))

const known = ({ engine }: Pick<KindSource, 'engine'>): readonly EngineMethod[] => knownContract(engine)?.methods ?? []

/** Without its log a base backup cannot be recovered. */
const methodsOf = (source: KindSource): readonly EngineMethod[] =>
  known(source).filter(({ needsLog }) => !needsLog || source.protection.continuous)

/** The kind with which a window begins: the log leads on from it. */
export const baseKind = ({ engine }: Pick<KindSource, 'engine'>): BackupKind | undefined =>
  knownContract(engine) ? baseMethod(engine)?.kind : undefined

/** What is taken where no kind is named. */
const usualKind = ({ engine, protection }: KindSource): BackupKind | undefined =>
  knownContract(engine) ? usualMethod(engine, protection).kind : undefined

/** The kinds of backup that people choose from for these sources; null where there is one kind, or none in common. */
export function kindChoices(sources: readonly KindSource[]): KindChoices | null {
  const [first = [], ...others] = sources.map(methodsOf)
  const common = first.filter(({ kind }) => others.every((methods) => methods.some((one) => one.kind === kind)))
  if (common.length < 2) return null
  const [usual, ...different] = new Set(sources.map(usualKind))
  const isUsual = different.length === 0
  const choices = common.map(({ kind, title }): KindChoices['choices'][number] => ({
    value: isUsual && kind === usual ? '' : kind,
    label: title,
  }))
  const builds = common.find(({ buildsOn }) => buildsOn !== undefined)
  return {
    choices: isUsual ? choices : [{ value: '', label: 'As usual for each' }, ...choices],
    ...(builds ? { hint: `${builds.title}: a full one is taken where there is none to build on.` } : {}),
  }
}

/**
 * What was chosen, unless it is not offered for these sources: people choose a kind, and another source after that. Without any
 * source it stays.
 */
export function offeredKind(chosen: ChosenKind, sources: readonly KindSource[]): ChosenKind {
  if (sources.length === 0) return chosen
  return kindChoices(sources)?.choices.some(({ value }) => value === chosen) ? chosen : ''
}
