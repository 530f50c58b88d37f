/** The part of the reader that counts and hashes the rows of a table; it needs `createHash`. */
export const digestScript = String.raw`
// Columns in one statement: each takes two of the 2000 that a result may have.
const mostColumns = 500

const quote = (name) => '"' + name.replaceAll('"', '""') + '"'

// Hashes values as they are stored: type, length, bytes.
class Values {
  hash = createHash('sha256')
  buffer = Buffer.allocUnsafe(65536)
  at = 0
  flush() { this.hash.update(this.buffer.subarray(0, this.at)); this.at = 0 }
  room(bytes) { if (this.at + bytes > this.buffer.length) this.flush() }
  head(tag, length) { this.room(9); this.at = this.buffer.writeUInt8(tag, this.at); this.at = this.buffer.writeDoubleBE(length, this.at) }
  bytes(tag, value) {
    this.head(tag, value.length)
    if (value.length > 4096) { this.flush(); this.hash.update(value); return }
    this.room(value.length)
    this.buffer.set(value, this.at)
    this.at += value.length
  }
  add(value, isText) {
    if (value === null) this.head(0, 0)
    else if (typeof value === 'bigint') { this.room(9); this.at = this.buffer.writeUInt8(1, this.at); this.at = this.buffer.writeBigInt64BE(value, this.at) }
    else if (typeof value === 'number') { this.room(9); this.at = this.buffer.writeUInt8(2, this.at); this.at = this.buffer.writeDoubleBE(value, this.at) }
    else if (typeof value === 'string') this.bytes(5, Buffer.from(value))
    else this.bytes(isText ? 3 : 4, value)
  }
  end() { this.flush(); return this.hash.digest('hex') }
}

const rowidOf = (names) => ['rowid', '_rowid_', 'oid'].find((name) => !names.some((other) => other.toLowerCase() === name))

function digest(database, table) {
  const columns = database.prepare('SELECT name, hidden FROM pragma_table_xinfo(?)').all(table.name)
  const names = columns.map(({ name }) => name)
  // Virtual generated columns follow from the others and need functions; what is stored of a row is what counts.
  const stored = columns.filter(({ hidden }) => Number(hidden) === 0 || Number(hidden) === 3).map(({ name }) => name)
  const rowid = table.withoutRowid ? undefined : rowidOf(names)
  const values = new Values()
  let rows = 0
  for (let from = 0; from === 0 || from < stored.length; from += mostColumns) {
    const chosen = stored.slice(from, from + mostColumns).map(quote)
    const terms = chosen.map((name) => "CASE typeof(" + name + ") WHEN 'text' THEN CAST(" + name + " AS BLOB) ELSE " + name + " END, typeof(" + name + ") = 'text'")
    if (rowid && from === 0) terms.unshift(rowid + ', 0')
    const statement = database.prepare('SELECT ' + (terms.join(', ') || 'NULL, 0') + ' FROM ' + quote(table.name) + ' NOT INDEXED')
    statement.setReadBigInts(true)
    statement.setReturnArrays(true)
    let read = 0
    for (const row of statement.iterate()) {
      read += 1
      for (let i = 0; i < row.length; i += 2) values.add(row[i], row[i + 1] === 1n)
    }
    rows = read
  }
  return { rows, sha256: values.end() }
}

const count = (database, table) => ({
  rows: Number(database.prepare('SELECT count(*) AS n FROM ' + quote(table.name) + ' NOT INDEXED').get().n),
})
`
