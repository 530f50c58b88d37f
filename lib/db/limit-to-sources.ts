import { HoldfastError } from '../core/holdfast-error'
import type { Db } from './client'
import { Prisma } from './generated/client'
import { hideOtherSources } from './hide-other-sources'

/** How a row is tied to a source, for every model that is. What is not named here belongs to the whole instance. */
function filterOf(model: string, ids: string[]): object | undefined {
  const own = { sourceId: { in: ids } }
  switch (model) {
    case 'Source':
      return { id: { in: ids } }
    case 'Schedule':
    case 'Job':
    case 'Backup':
    case 'Alert':
    case 'SourceTotal':
    case 'SourceState':
    case 'SourceChange':
    case 'BackupDay':
    case 'CopyTotal':
      return own
    case 'BackupCopy':
    case 'RestoreTest':
      return { backup: own }
    case 'AlertDelivery':
      return { alert: own }
    case 'RestoreGrant':
      return { ...own, targetId: { in: ids } }
    case 'Restore':
      // A restore is told by the source whose server it writes to, as its job is.
      return { OR: ids.map((id) => ({ target: { path: ['sourceId'], equals: id } })) }
    default:
      return undefined
  }
}

/** Lists that hang on rows of the whole instance (a destination's copies, a policy's schedules), by their name. */
const listModels: Record<string, string> = {
  backups: 'Backup',
  schedules: 'Schedule',
  copies: 'BackupCopy',
  restoreTests: 'RestoreTest',
  deliveries: 'AlertDelivery',
}

const sourceTables =
  /\b(source|schedule|job|backup_history|backup_copy|restore_test|restore|restore_grant|alert|alert_delivery|source_total|source_state|source_change|source_now|backup_day|copy_total)\b/i

/**
 * The same catalog, of which only what belongs to these sources is there: rows of others are not found, not listed, not
 * counted and not changed. It is given to services instead of the whole one when a limited token asks, so that no
 * service can forget to ask. What is left of others in rows that may be seen is hidden. SQL of our own is kept to the sources, too, or refused (`token-limited`) where it cannot be.
 *
 * Not covered: rows that are created, whose source the service has looked up before; and statements of `$executeRaw`.
 */
export function limitToSources(db: Db, ids: string[]): Db {
  const limited = db.$extends({
    query: {
      $allModels: {
        $allOperations: async ({ model, operation, args, query }) =>
          hideOtherSources(model, await query(limitArgs(args, { model, operation }, ids))),
      },
      $queryRaw: ({ args, query }) => query(limitSql(args, ids)),
      $queryRawUnsafe: ({ args, query }) => {
        const [text] = args
        // The queue's own tables are in a schema of their own and hold no more than ids.
        if (!/\bpgboss\./.test(String(text)) && sourceTables.test(String(text))) throw refused()
        return query(args)
      },
    },
  })
  // An extended client answers the same calls; its type only lacks what services never use ($on, $extends' own types).
  return limited as unknown as Db
}

/** What is created has no condition. */
const creating = /^create/

/**
 * The arguments of any operation with the filter in it. Unique lookups take further conditions beside their key. The
 * type is the one that came in: a condition more or less is none to the compiler, and every model takes these.
 */
function limitArgs<Args>(args: Args, call: { model: string; operation: string }, ids: string[]): Args {
  const limited = limitLists(isObject(args) ? args : {}, ids)
  const filter = creating.test(call.operation) ? undefined : filterOf(call.model, ids)
  return (filter ? { ...limited, where: both(limited['where'], filter) } : limited) as Args
}

/** Inside `include`, `select` and `_count`, at any depth: lists of what belongs to sources are kept to these. */
function limitLists(args: Record<string, unknown>, ids: string[]): Record<string, unknown> {
  const limited = { ...args }
  for (const clause of ['include', 'select'] as const) {
    const wanted = limited[clause]
    if (!isObject(wanted)) continue
    limited[clause] = Object.fromEntries(
      Object.entries(wanted).map(([name, value]) => {
        if (value === false || value === undefined) return [name, value]
        const model = listModels[name]
        if (!model) return [name, isObject(value) ? limitLists(value, ids) : value]
        const inner = isObject(value) ? limitLists(value, ids) : {}
        return [name, { ...inner, where: both(inner['where'], filterOf(model, ids) ?? {}) }]
      }),
    )
  }
  return limited
}

function both(where: unknown, filter: object): object {
  if (!isObject(where)) return filter
  const and = where['AND'] === undefined ? [] : [where['AND']].flat()
  return { ...where, AND: [...and, filter] }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/**
 * A query whose tables are hidden behind common table expressions of the same names, which hold the rows of these
 * sources only: a name in a WITH clause is found before the table, and inside its own definition it means the table.
 */
function limitSql(sql: Prisma.Sql, ids: string[]): Prisma.Sql {
  const text = sql.strings.join('?')
  if (!sourceTables.test(text) || /\bpgboss\./.test(text)) return sql
  const first = sql.strings[0] ?? ''
  const lock = limitLock(sql, text, ids)
  if (lock) return lock
  const start = /^\s*(?:with\s+(?!recursive\b)|(?=select\b))/i.exec(first)
  if (!start || /\bfor\s+(update|no\s+key\s+update|share|key\s+share)\b/i.test(text) || /\bpublic\s*\./i.test(text)) {
    throw refused()
  }
  const isWith = start[0].trim() !== ''
  const rest = new Prisma.Sql([first.slice(start[0].length), ...sql.strings.slice(1)], sql.values)
  const own = Prisma.sql`ANY(${ids}::uuid[])`
  return Prisma.sql`WITH source AS NOT MATERIALIZED (SELECT * FROM source WHERE id = ${own}),
    schedule AS NOT MATERIALIZED (SELECT * FROM schedule WHERE source_id = ${own}),
    job AS NOT MATERIALIZED (SELECT * FROM job WHERE source_id = ${own}),
    backup_history AS NOT MATERIALIZED (SELECT * FROM backup_history WHERE source_id = ${own}),
    backup_copy AS NOT MATERIALIZED (SELECT * FROM backup_copy WHERE backup_id IN (SELECT id FROM backup_history)),
    restore_test AS NOT MATERIALIZED (SELECT * FROM restore_test WHERE backup_id IN (SELECT id FROM backup_history)),
    restore AS NOT MATERIALIZED (SELECT * FROM restore WHERE target ->> 'sourceId' IN (SELECT id::text FROM source)),
    source_total AS NOT MATERIALIZED (SELECT * FROM source_total WHERE source_id = ${own}),
    source_state AS NOT MATERIALIZED (SELECT * FROM source_state WHERE source_id = ${own}),
    source_change AS NOT MATERIALIZED (SELECT * FROM source_change WHERE source_id = ${own}),
    source_now AS NOT MATERIALIZED (SELECT * FROM source_now WHERE source_id = ${own}),
    backup_day AS NOT MATERIALIZED (SELECT * FROM backup_day WHERE source_id = ${own}),
    copy_total AS NOT MATERIALIZED (SELECT * FROM copy_total WHERE source_id = ${own}),
    alert AS NOT MATERIALIZED (SELECT * FROM alert WHERE source_id = ${own}),
    alert_delivery AS NOT MATERIALIZED (SELECT * FROM alert_delivery WHERE alert_id IN (SELECT id FROM alert))${
      isWith ? Prisma.sql`, ` : Prisma.sql` `
    }${rest}`
}

const lockStart = /^\s*select\s+[\w\s,]+?\s+from\s+(source|schedule|job|backup_history)\s+where\s+/i

/** Rows of one table that are locked by a condition; a common table expression cannot be locked, so it gets one more. */
function limitLock(sql: Prisma.Sql, text: string, ids: string[]): Prisma.Sql | null {
  const first = sql.strings[0] ?? ''
  const start = lockStart.exec(first)
  if (
    !start ||
    !/\bfor\s+(update|share)\b/i.test(text) ||
    /\b(or|join|union|from)\b/i.test(text.slice(start[0].length))
  ) {
    return null
  }
  const rest = new Prisma.Sql([first.slice(start[0].length), ...sql.strings.slice(1)], sql.values)
  const column = Prisma.raw(start[1]?.toLowerCase() === 'source' ? 'id' : 'source_id')
  return Prisma.sql`${Prisma.raw(start[0])}${column} = ANY(${ids}::uuid[]) AND ${rest}`
}

function refused(): HoldfastError {
  return new HoldfastError('token-limited', 'This cannot be shown for some sources alone.', {
    remedy: 'Use a token that is not limited to sources.',
  })
}
