import type { BackupKind } from '@/lib/contracts/backup-kind'
import { knownContract } from '@/lib/contracts/engines/index'

/** Empty: as the engine of the source usually does, which is what the API takes where no kind is named. */
export type ChosenKind = BackupKind | ''

export interface KindChoices {
  choices: { value: ChosenKind; label: string }[]
  hint?: string
}

/** Engines of the sources with these ids. */
export const enginesOf = (sources: readonly { id: string; engine: string }[], ids: readonly string[]): string[] =>
  sources.filter(({ id }) => ids.includes(id)).map(({ engine }) => engine)

/** The kinds of backup that people choose from for sources of these engines; null where there is one kind, or none in common. */
export function kindChoices(engines: readonly string[]): KindChoices | null {
  const [first = [], ...others] = [...new Set(engines)].map((engine) => knownContract(engine)?.methods ?? [])
  const common = first.filter(({ kind }) => others.every((methods) => methods.some((one) => one.kind === kind)))
  if (common.length < 2) return null
  const [usual] = first
  const isUsual = others.every(([method]) => method?.kind === usual?.kind)
  const choices = common.map(({ kind, title }): KindChoices['choices'][number] => ({
    value: isUsual && kind === usual?.kind ? '' : kind,
    label: title,
  }))
  const builds = common.find(({ buildsOn }) => buildsOn !== undefined)
  return {
    choices: isUsual ? choices : [{ value: '', label: 'As usual for each' }, ...choices],
    ...(builds ? { hint: `${builds.title}: a full one is taken where there is none to build on.` } : {}),
  }
}

/**
 * What was chosen, unless it is not offered for these engines: people choose a kind, and another source after that. Without any
 * engine it stays.
 */
export function offeredKind(chosen: ChosenKind, engines: readonly string[]): ChosenKind {
  if (engines.length === 0) return chosen
  return kindChoices(engines)?.choices.some(({ value }) => value === chosen) ? chosen : ''
}
