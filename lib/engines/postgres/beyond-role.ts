import type { TocEntry } from './archive/archive-format'

/** Made behind the rows, needed by nothing else, and for superusers only. */
const forSuperusers = new Set(['EVENT TRIGGER', 'SUBSCRIPTION', 'PUBLICATION TABLES IN SCHEMA'])

/**
 * What a role that is no superuser may not make and others do not rest on: a restore by such a role leaves it out, with
 * what is about it.
 */
export function beyondRole(entries: readonly TocEntry[]): { dumpIds: Set<number>; names: string[] } {
  const out = entries.filter(
    ({ type, definition }) => forSuperusers.has(type) || (type === 'PUBLICATION' && /FOR ALL TABLES/.test(definition)),
  )
  const dumpIds = new Set(out.map((entry) => entry.dumpId))
  for (const entry of entries) if (entry.dependencies.some((id) => dumpIds.has(id))) dumpIds.add(entry.dumpId)
  return { dumpIds, names: out.map(({ type, name }) => `${type} ${name}`) }
}
