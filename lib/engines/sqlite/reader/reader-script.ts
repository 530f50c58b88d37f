import { digestScript } from './digest-script'

/**
 * The only thing that opens database files. It is a process of its own, since SQLite's calls are synchronous, and its
 * locks belong to the process: anything else in it that opens and closes the file drops them. It is a text and not a
 * module because restored files are read confined, where none of our files can be read (as lib/sandbox/probe-script.ts).
 *
 * The first argument is what is asked, as JSON; the answer is a line of JSON, `{ ok }` or `{ failed }`. Before a copy's comes
 * another one, once its lock is held.
 */
export const readerScript = String.raw`
const fs = require('node:fs')
const { createHash } = require('node:crypto')
const { pathToFileURL } = require('node:url')
const { DatabaseSync, backup } = require('node:sqlite')

const magic = 'SQLite format 3\0'
const mostLines = 100

class NoDatabase extends Error {}

function look(path) {
  // A pipe would be waited for.
  if (!fs.statSync(path).isFile()) throw new NoDatabase('kind')
  const file = fs.openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(100)
    const { size } = fs.fstatSync(file)
    const read = fs.readSync(file, bytes, 0, 100, 0)
    if (size === 0) throw new NoDatabase('empty')
    if (read < 100 || bytes.toString('latin1', 0, 16) !== magic) throw new NoDatabase('header')
    return {
      sizeBytes: size,
      wal: bytes[18] === 2,
      pageSize: bytes.readUInt16BE(16) === 1 ? 65536 : bytes.readUInt16BE(16),
      userVersion: bytes.readInt32BE(60),
      applicationId: bytes.readInt32BE(68),
    }
  } finally {
    fs.closeSync(file)
  }
}

const may = (path, mode) => { try { fs.accessSync(path, mode); return true } catch { return false } }

// Nothing that the file says is trusted: functions in its views and triggers may do nothing, and pages are checked.
function careful(database) {
  for (const pragma of ['trusted_schema = OFF', 'cell_size_check = ON', 'query_only = ON'])
    database.prepare('PRAGMA ' + pragma).all()
  return database
}

// A file that nobody writes: no lock is taken and no file made beside it.
function openStill(path) {
  const url = pathToFileURL(path)
  url.searchParams.set('immutable', '1')
  return careful(new DatabaseSync(url, { readOnly: true, defensive: true }))
}

// A database in use. Where the worker may write it, it is opened as other programs open it, so that the last one to close it
// leaves nothing beside it; nothing is written by a statement.
function openLive(path, timeout, header) {
  const readOnly = !may(path, fs.constants.W_OK)
  if (readOnly && header.wal && !fs.existsSync(path + '-shm'))
    throw Object.assign(new Error('the files beside it cannot be made'), { errcode: 14 })
  return careful(new DatabaseSync(path, { readOnly, defensive: true, timeout }))
}

const lines = (database, sql) => {
  const found = []
  for (const row of database.prepare(sql).iterate()) {
    found.push(String(Object.values(row)[0]).slice(0, 500))
    if (found.length >= mostLines) break
  }
  return found
}

function integrity(database, pragma, tables, notes) {
  try {
    return verdictOf(lines(database, 'PRAGMA ' + pragma + '(' + mostLines + ')'))
  } catch (error) {
    if (isDamage(error)) return [error.message]
    if (!isLacking(error)) throw error
  }
  // Something of the application's own is missing here: what does not need it is checked all the same.
  const found = []
  for (const name of tables) {
    try {
      found.push(...verdictOf(lines(database, 'PRAGMA ' + pragma + '(' + quote(name) + ')')))
    } catch (error) {
      if (isDamage(error)) found.push(name + ': ' + error.message)
      else if (isLacking(error)) notes.push('The integrity of ' + name + ' could not be checked here: ' + error.message)
      else throw error
    }
  }
  return found.slice(0, mostLines)
}

const verdictOf = (found) => (found.length === 1 && found[0] === 'ok' ? [] : found)
const isDamage = (error) => [11, 26].includes((error.errcode ?? 0) & 255)
// Modules, collations and functions that are the application's own.
const isLacking = (error) => /no such (module|collation sequence|function|tokenizer)|unknown (function|tokenizer)/i.test(error.message)

// Table by table: one whose keys point nowhere by its definition ("foreign key mismatch") would hide the others.
function foreignKeys(database, tables) {
  let count = 0
  const failed = []
  for (const name of tables) {
    try {
      for (const _ of database.prepare('PRAGMA foreign_key_check(' + quote(name) + ')').iterate()) count += 1
    } catch (error) {
      if (!isDamage(error) && (error.errcode & 255) !== 1) throw error
      failed.push(error.message)
    }
  }
  return failed.length > 0 ? { violations: count, failed: failed.slice(0, mostLines).join('; ') } : { violations: count }
}

${digestScript}

// Everything that is compared later: the schema, and each table that holds rows of its own. Of a virtual table those are
// its shadow tables, which need no module.
function examine({ path, hashes }) {
  const header = look(path)
  const database = openStill(path)
  const notes = []
  const schema = createHash('sha256')
  const objects = { table: 0, index: 0, view: 0, trigger: 0 }
  const tables = []
  const withoutRowid = new Set(database.prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND wr = 1").all().map(({ name }) => name))
  const virtual = []
  const list = database.prepare('SELECT type, name, tbl_name, CAST(sql AS BLOB) AS sql FROM sqlite_schema')
  list.setReturnArrays(true)
  for (const [type, name, table, sql] of list.all()) {
    for (const part of [type, name, table, sql]) {
      const bytes = part === null ? Buffer.alloc(0) : Buffer.from(typeof part === 'number' ? String(part) : part)
      schema.update(String(bytes.length) + ':').update(bytes)
    }
    if (typeof type === 'string' && type in objects) objects[type] += 1
    if (type !== 'table' || typeof name !== 'string') continue
    if (/^\s*create\s+virtual\s/i.test(Buffer.from(sql ?? '').toString())) virtual.push(name)
    else tables.push({ name, withoutRowid: withoutRowid.has(name) })
  }
  const names = tables.map(({ name }) => name)
  const damaged = integrity(database, 'integrity_check', names, notes)
  const keys = foreignKeys(database, names)
  const found = []
  for (const table of tables) {
    try {
      found.push({ name: table.name, ...(hashes ? digest(database, table) : count(database, table)) })
    } catch (error) {
      if (isDamage(error)) found.push({ name: table.name, rows: null, failed: error.message })
      else if (isLacking(error) || (error.errcode & 255) === 1) notes.push('Table ' + table.name + ' could not be read: ' + error.message)
      else throw error
    }
  }
  for (const name of virtual) {
    try {
      database.prepare('SELECT 1 FROM ' + quote(name) + ' LIMIT 1').get()
    } catch (error) {
      if (isDamage(error)) notes.push('Virtual table ' + name + ' could not be read: ' + error.message)
      else if (isLacking(error)) notes.push('Virtual table ' + name + ' needs a module that is not here: ' + error.message)
    }
  }
  const { v } = database.prepare('SELECT sqlite_version() AS v').get()
  database.close()
  return { version: v, ...header, objects, schemaSha256: schema.digest('hex'), virtual, tables: found, integrity: damaged, foreignKeys: keys, notes: notes.slice(0, mostLines) }
}

const size = (path) => { try { return fs.statSync(path).size } catch { return null } }

function inspect({ path, timeoutMs }) {
  const header = look(path)
  const database = openLive(path, timeoutMs, header)
  try {
    database.prepare('BEGIN').run()
    const { n } = database.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'").get()
    const { v } = database.prepare('SELECT sqlite_version() AS v').get()
    return {
      ...header,
      version: v,
      tableCount: n,
      writable: may(path, fs.constants.W_OK),
      walBytes: size(path + '-wal'),
      journalBytes: size(path + '-journal'),
    }
  } finally {
    database.close()
  }
}

// One read transaction from the first page to the last: whatever others commit meanwhile is not in the copy, and does
// not make it begin anew.
async function copy({ path, to, timeoutMs }) {
  const header = look(path)
  const database = openLive(path, timeoutMs, header)
  try {
    database.prepare('BEGIN').run()
    database.prepare('SELECT count(*) FROM sqlite_schema').get()
    fs.writeSync(1, JSON.stringify({ holding: { wal: header.wal } }) + '\n')
    await backup(database, to, { rate: 4096 })
    const mode = database.prepare('PRAGMA journal_mode').get()
    return { journalMode: String(Object.values(mode)[0]) }
  } finally {
    database.close()
  }
}

function ask({ path, sql }) {
  const database = openStill(path)
  const statement = database.prepare(sql)
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  const answers = []
  for (const row of statement.iterate()) {
    const value = row[0]
    answers.push(value === null || value === undefined ? null : typeof value === 'object' ? Buffer.from(value).toString() : String(value))
    if (answers.length === 2) break
  }
  return { answers: answers.map((text) => text?.slice(0, 5000) ?? null) }
}

function quick({ path }) {
  look(path)
  const database = openStill(path)
  const notes = []
  return { integrity: integrity(database, 'quick_check', [], notes) }
}

async function answer() {
  const question = JSON.parse(process.argv[1])
  try {
    return { ok: await { examine, inspect, copy, ask, quick }[question.do](question) }
  } catch (error) {
    const code = error instanceof NoDatabase ? 'no-database' : error.code
    return { failed: { message: String(error.message), code, errcode: error.errcode ?? null } }
  }
}
answer().then((found) => fs.writeSync(1, JSON.stringify(found) + '\n'))
`
