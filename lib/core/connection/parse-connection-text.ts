import { isConnectionUrl, parseConnectionUrl } from './parse-connection-url'
import { parseKeywords } from './parse-keywords'
import { connectionOfKeywords, type Keyword, type Keywords, type PastedConnection } from './pasted-connection'
import { splitWords } from './split-words'

/** More is not a connection; nobody waits for it to be read. */
const mostSigns = 8_192

/**
 * A connection that somebody pasted: a `postgres://` URL, libpq's `host=... user=...`, a command line of psql and its
 * like (with `PGPASSWORD=...` before it), or lines of an environment file (`DATABASE_URL=...`, `PGHOST=...`). Null when
 * it is none of these, so that a plain host stays one.
 */
export function parseConnectionText(text: string): PastedConnection | null {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed.length > mostSigns) return null
  const found = readWhole(trimmed) ?? readShell(trimmed)
  if (found === null) return null
  const connection = connectionOfKeywords(found)
  return Object.keys(connection).length === 0 ? null : connection
}

/** A URL or libpq's keywords, as they stand. */
function readWhole(text: string): Keywords | null {
  if (isConnectionUrl(text)) return /\s/.test(text) ? null : parseConnectionUrl(text)
  return parseKeywords(text)
}

const assignment = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s
const program = /(?:^|\/)(?:psql|pg_dump|pg_dumpall|pg_restore|pg_isready|pgcli|createdb|vacuumdb)$/

/** Assignments, and after them perhaps a program with its options. */
function readShell(text: string): Keywords | null {
  const words = (splitWords(text) ?? []).filter((word) => !['export', 'set', 'env', '$', '#', '&&'].includes(word))
  const begins = words.findIndex((word) => !assignment.test(word))
  const assigned = begins === -1 ? words : words.slice(0, begins)
  const environment = readEnvironment(assigned)
  if (begins === -1) return environment
  const [called = '', ...options] = words.slice(begins)
  if (program.test(called)) return { ...environment, ...readOptions(options) }
  // Names with a colon (YAML), a URL in quotes, or one among other words.
  const url = words.find(isConnectionUrl)
  return url === undefined ? environment : { ...environment, ...parseConnectionUrl(url) }
}

const variables: Record<string, Keyword> = {
  PGHOST: 'host',
  PGHOSTADDR: 'hostaddr',
  PGPORT: 'port',
  PGDATABASE: 'dbname',
  PGUSER: 'user',
  PGPASSWORD: 'password',
  PGSSLMODE: 'sslmode',
}

/** Null when none of them is about a connection. */
function readEnvironment(words: readonly string[]): Keywords | null {
  const found: Keywords = {}
  let known = false
  for (const word of words) {
    const [, name = '', value = ''] = assignment.exec(word) ?? []
    const key = variables[name]
    if (key && isVariable(value)) continue
    const read = key ? { [key]: value } : isConnectionUrl(value) ? parseConnectionUrl(value) : dsn(name, value)
    known ||= read !== null
    Object.assign(found, read)
  }
  return known ? found : null
}

const dsn = (name: string, value: string): Keywords | null =>
  /(?:^|_)(?:DSN|URL|URI)$/i.test(name) ? parseKeywords(value) : null

const longOptions: Record<string, Keyword> = { host: 'host', port: 'port', username: 'user', dbname: 'dbname' }
const shortOptions: Record<string, Keyword> = { h: 'host', p: 'port', U: 'user', d: 'dbname' }
/** Of psql and its like: those whose next word is theirs. */
const othersWithValue = {
  short: 'cfFLoPRTvjZ',
  long: ['command', 'file', 'field-separator', 'log-file', 'output', 'pset', 'record-separator', 'table-attr', 'set'],
}
/** Of psql: those that stand alone. */
const alone = 'aAbeEHlnNqsStxXwW1z0?'

function readOptions(words: readonly string[]): Keywords {
  const found: Keywords = {}
  const positional: string[] = []
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') positional.push(...rest.splice(0))
    else if (word.startsWith('--')) readLong(word.slice(2), rest, found)
    else if (/^-./.test(word)) readShort(word.slice(1), rest, found)
    else positional.push(word)
  }
  const [database, user] = positional
  if (database !== undefined && found.dbname === undefined) found.dbname = database
  if (user !== undefined && found.user === undefined) found.user = user
  // libpq takes a whole connection in place of the name of the database, and what it says counts.
  const { dbname = '', ...others } = found
  const whole = readWhole(dbname)
  return whole ? { ...others, ...whole } : found
}

function readLong(option: string, rest: string[], found: Keywords): void {
  const [name = '', value] = option.includes('=') ? option.split(/=(.*)/s) : [option, undefined]
  const key = longOptions[name]
  if (key === undefined && (value !== undefined || !othersWithValue.long.includes(name))) return
  set(found, key, value ?? rest.shift())
}

function readShort(letters: string, rest: string[], found: Keywords): void {
  const at = [...letters].findIndex((letter) => !alone.includes(letter))
  const letter = letters.charAt(at)
  if (at === -1) return
  const key = shortOptions[letter]
  if (key === undefined && !othersWithValue.short.includes(letter)) return
  set(found, key, letters.slice(at + 1) || rest.shift())
}

function set(found: Keywords, key: Keyword | undefined, value: string | undefined): void {
  if (key !== undefined && value !== undefined && !isVariable(value)) found[key] = value
}

/** `$PASSWORD` is a name for something that is not here. */
const isVariable = (value: string): boolean => /^\$(?:\w+|\{\w+\})$/.test(value)
