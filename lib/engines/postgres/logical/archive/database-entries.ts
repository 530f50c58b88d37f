import { damaged } from './archive-error'
import { attachedTypes, type TocEntry } from './archive-format'
import { quoteIdentifier, unquote } from '@/lib/engines/postgres/connect/quote'
import { standInTheWay } from '@/lib/engines/postgres/connect/session-settings'
import { splitSql } from '@/lib/engines/postgres/connect/split-sql'

/** One statement about the database that was backed up, for a database of any name. */
export interface DatabaseStatement {
  /** `ownership` is what a restore without owners leaves out: the owner, rights, and settings for one role. */
  kind: 'setting' | 'ownership' | 'other'
  /** In words, without the value: that may be a secret. */
  about: string
  /** Name of the setting that is made. */
  setting?: string | undefined
  sql(database: string): string
}

/**
 * What belongs to the database itself, in the order in which it is applied: settings shape what is restored and are made
 * before any row; those that would stand in the way of a restore, and all else, come last.
 */
export interface DatabaseEntries {
  before: DatabaseStatement[]
  after: DatabaseStatement[]
}

const name = String.raw`("(?:[^"]|"")+"|[^\s"]+)`
const ofDatabase = new RegExp(String.raw`^ALTER DATABASE ${name} (SET |CONNECTION LIMIT|IS_TEMPLATE)(.*)$`, 's')
const ofRole = new RegExp(String.raw`^ALTER ROLE ${name} IN DATABASE ${name} SET (.*)$`, 's')
const rights = String.raw`(?:GRANT|REVOKE)(?: GRANT OPTION FOR)?(?:[ ,]+(?:ALL|CONNECT|CREATE|TEMP|TEMPORARY))+ ON DATABASE `
const attached = new RegExp(
  String.raw`^(${rights}|COMMENT ON DATABASE |SECURITY LABEL FOR ${name} ON DATABASE )${name}( (?:TO|FROM|IS) .*)$`,
  's',
)
const grantor = new RegExp(String.raw`^(?:RE)?SET SESSION AUTHORIZATION(?: ${name})?$`)
const assigned = new RegExp(String.raw`^${name} TO `, 's')

/** An entry about the database itself. */
export function isOfDatabase({ type, name: tag }: TocEntry): boolean {
  return (
    type === 'DATABASE' || type === 'DATABASE PROPERTIES' || (attachedTypes.has(type) && tag.startsWith('DATABASE '))
  )
}

/** From the archive: every pg_dump of the custom format writes them, whatever options it was given. */
export function databaseEntries(entries: readonly TocEntry[]): DatabaseEntries {
  const found: DatabaseEntries = { before: [], after: [] }
  for (const entry of entries) {
    if (entry.type === 'DATABASE' && entry.owner !== '') found.after.unshift(ownership(entry.owner))
    if (entry.type === 'DATABASE PROPERTIES') {
      for (const statement of statementsOf(entry).map(property)) {
        if (!statement) continue
        const { setting } = statement
        const late = setting === undefined || standInTheWay.has(setting)
        found[late ? 'after' : 'before'].push(statement)
      }
    }
    if (attachedTypes.has(entry.type) && entry.name.startsWith('DATABASE ')) {
      found.after.push(...statementsOf(entry).flatMap(attachment))
    }
  }
  return found
}

function statementsOf({ type, definition }: TocEntry): string[] {
  try {
    return splitSql(definition)
  } catch {
    throw damaged(`its entry ${type} is not complete`)
  }
}

function ownership(owner: string): DatabaseStatement {
  return {
    kind: 'ownership',
    about: 'owner of the database',
    sql: (database) => `ALTER DATABASE ${quoteIdentifier(database)} OWNER TO ${quoteIdentifier(owner)}`,
  }
}

function property(sql: string): DatabaseStatement | null {
  const role = ofRole.exec(sql)
  if (role) {
    const [, who = '', , assignment = ''] = role
    const setting = settingOf(assignment)
    return {
      kind: 'ownership',
      about: `setting ${setting} of role ${unquote(who)} in the database`,
      setting,
      sql: (database) => `ALTER ROLE ${who} IN DATABASE ${quoteIdentifier(database)} SET ${assignment}`,
    }
  }
  const own = ofDatabase.exec(sql)
  // What is left are the frozen transaction numbers of pg_upgrade.
  if (!own) return null
  const [, , what = '', rest = ''] = own
  const setting = what === 'SET ' ? settingOf(rest) : undefined
  return {
    kind: setting === undefined ? 'other' : 'setting',
    about: setting === undefined ? `${what} of the database` : `setting ${setting} of the database`,
    setting,
    sql: (database) => `ALTER DATABASE ${quoteIdentifier(database)} ${what}${rest}`,
  }
}

/** These statements only, word for word: they are run on the server, outside of the database that is restored. */
function attachment(sql: string): DatabaseStatement[] {
  // Who gave a right is set around it.
  if (grantor.test(sql)) return [{ kind: 'ownership', about: 'giver of rights on the database', sql: () => sql }]
  const [, start, , , rest] = attached.exec(sql) ?? []
  if (start === undefined || rest === undefined) return []
  const isComment = start.startsWith('COMMENT')
  return [
    {
      kind: isComment ? 'other' : 'ownership',
      about: isComment ? 'comment on the database' : 'rights on the database',
      sql: (database) => `${start}${quoteIdentifier(database)}${rest}`,
    },
  ]
}

const settingOf = (assignment: string) => unquote(assigned.exec(assignment)?.[1] ?? assignment)
