import { HoldfastError } from '@/lib/core/holdfast-error'
import type { TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'
import { topLevel } from '@/lib/engines/postgres/connect/top-level'
import { withDependents } from '@/lib/engines/postgres/logical/archive/with-dependents'

/** Kinds of objects that only a superuser may make, whatever they hold. */
const forSuperusers = new Set([
  ...['EVENT TRIGGER', 'SUBSCRIPTION', 'PUBLICATION TABLES IN SCHEMA', 'FOREIGN DATA WRAPPER', 'ACCESS METHOD'],
  ...['OPERATOR CLASS', 'OPERATOR FAMILY', 'TEXT SEARCH TEMPLATE', 'TEXT SEARCH PARSER', 'PROCEDURAL LANGUAGE'],
])

/** And what only a superuser may say of others, in the words of its statement: names and bodies are words of their own. */
const superusersWords: Record<string, (words: string[]) => boolean> = {
  PUBLICATION: (words) => says(words, 'FOR', 'ALL', 'TABLES'),
  CAST: (words) => says(words, 'WITHOUT', 'FUNCTION'),
  TYPE: (words) => /^\(\s*INTERNALLENGTH/.test(words[3] ?? ''),
  FUNCTION: (words) => isUntrusted(words) || words.includes('LEAKPROOF'),
  PROCEDURE: isUntrusted,
}

const says = (words: string[], ...said: string[]) =>
  words.some((_, at) => said.every((word, offset) => words[at + offset] === word))

const untrusted = /^(?:c|internal|plperlu|plpython\du|pltclu)$/
function isUntrusted(words: string[]): boolean {
  return words.some((word, at) => word === 'LANGUAGE' && untrusted.test(words[at + 1] ?? ''))
}

/** What may be left out with what it hangs on: no rows lie in it, and no table, view or key loses a part of itself. */
const mayBeMissing = new Set([
  ...forSuperusers,
  ...Object.keys(superusersWords),
  ...['COMMENT', 'ACL', 'SECURITY LABEL', 'SERVER', 'USER MAPPING', 'FOREIGN TABLE', 'AGGREGATE', 'OPERATOR'],
  ...['TEXT SEARCH DICTIONARY', 'TEXT SEARCH CONFIGURATION', 'SHELL TYPE'],
])
const saidWithItsObject = new Set(['COMMENT', 'ACL', 'SECURITY LABEL'])

/**
 * What a role that is no superuser may not make, with all that hangs on it: a restore by such a role leaves it out and
 * says so. Throws `privilege-missing` where a table, a view, a key or an index would be left out with it.
 */
export function beyondRole(entries: readonly TocEntry[]): { dumpIds: Set<number>; names: string[] } {
  const roots = entries.filter(
    ({ type, definition }) =>
      forSuperusers.has(type) || superusersWords[type]?.(topLevel(definition)[0] ?? []) === true,
  )
  const dumpIds = withDependents(entries, roots)
  const out = entries.filter(({ dumpId }) => dumpIds.has(dumpId))
  const needed = out.filter(({ type }) => !mayBeMissing.has(type)).map(inWords)
  if (needed.length > 0) throw needsSuperuser(roots.map(inWords), needed)
  return { dumpIds, names: out.filter(({ type }) => !saidWithItsObject.has(type)).map(inWords) }
}

const inWords = ({ type, name }: TocEntry): string => (name.startsWith(`${type} `) ? name : `${type} ${name}`)

const shown = 10
const some = (names: string[]): string =>
  `${names.slice(0, shown).join(', ')}${names.length > shown ? ` and ${names.length - shown} more` : ''}`

function needsSuperuser(roots: string[], needed: string[]): HoldfastError {
  return new HoldfastError(
    'privilege-missing',
    `Only a superuser may make ${some(roots)}, and ${some(needed)} cannot be without.`,
    {
      remedy:
        'Restore as a superuser. Owners "drop" gives the objects to the role that restores, which does not help here.',
      facts: { objects: roots, needed },
    },
  )
}
