import type { ClientBase } from 'pg'
import type { TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'
import type { Selection } from '@/lib/engines/postgres/logical/archive/select-entries'
import { withDependents } from '@/lib/engines/postgres/logical/archive/with-dependents'

/** Extensions that a server has in one database only: its setting that names this database, and the extension's own schema. */
const oneOfServer: Record<string, { setting: string; schema: string }> = {
  pg_cron: { setting: 'cron.database_name', schema: 'cron' },
}

const saidWithIt = new Set(['COMMENT', 'ACL', 'SECURITY LABEL', 'TABLE DATA', 'SEQUENCE SET'])

/** A restore in two steps: such an extension is refused while the database has the name of an incomplete one. */
export interface BoundExtensions {
  /** All the rest. */
  rest: Selection
  /** What comes when the database has its own name; null where the extension belongs to another database. */
  afterwards: Selection | null
  /** For the people who restore. */
  warning: string
}

/**
 * Extensions of the archive that the target server has in one database only, with what hangs on them; null without any.
 * Jobs of pg_cron therefore run only once everything is there.
 */
export async function boundExtensions(
  client: ClientBase,
  entries: readonly TocEntry[],
  database: string,
): Promise<BoundExtensions | null> {
  const extension = entries.find(({ type, name }) => type === 'EXTENSION' && name in oneOfServer)
  const kind = oneOfServer[extension?.name ?? '']
  if (!extension || !kind) return null
  const { rows } = await client.query<{ place: string | null }>('SELECT current_setting($1, true) AS place', [
    kind.setting,
  ])
  const place = rows[0]?.place ?? null
  // An archive does not say that rows and rights of an extension's own tables hang on it.
  const own = entries.filter(({ schema, name }) => schema === kind.schema || name === `SCHEMA ${kind.schema}`)
  const bound = withDependents(entries, [extension, ...own])
  const those = entries.filter(({ dumpId }) => bound.has(dumpId))
  const names = those.filter(({ type }) => !saidWithIt.has(type)).map(({ type, name }) => `${type} ${name}`)
  const rest = selectionOf(entries.filter(({ dumpId }) => !bound.has(dumpId)))
  if (place === database) {
    return {
      rest,
      afterwards: selectionOf(those),
      warning: `What ${extension.name} is scheduled to run runs from now on.`,
    }
  }
  const why = place === null ? 'does not load it at its start' : `has it in the database ${place} only`
  return { rest, afterwards: null, warning: `Left out, because the target server ${why}: ${names.join(', ')}.` }
}

function selectionOf(entries: readonly TocEntry[]): Selection {
  return {
    dumpIds: entries.map(({ dumpId }) => dumpId),
    tables: entries.filter(({ type }) => type === 'TABLE DATA').map(({ schema, name }) => ({ schema, name })),
    leftOut: [],
  }
}
