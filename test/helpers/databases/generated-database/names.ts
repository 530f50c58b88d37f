import type { Random } from '../../random'

/** How text of a database is written: the letters that its encoding has beyond ASCII, for names and values. */
export interface Letters {
  words: readonly string[]
  /** Of SQL_ASCII: bytes that are of no encoding. The script is then written as these bytes. */
  raw: boolean
}

const ascii = [
  'plain',
  'MixedCase',
  'with space',
  'double"quote',
  "single'quote",
  'select',
  'user',
  'table',
  'semi;colon',
  'per%cent %s',
  'back\\slash',
  '-leading dash',
  '--comment',
  '/*comment*/',
  'dotted.name',
  'new\nline',
  'tab\there',
  '$dollar$',
  '{brace}',
  'a:colon',
  ':variable',
  '1digit',
  ' ',
  'trailing ',
  '`tick`',
  '@at',
  '#hash',
  '(paren)',
  '[bracket]',
  '=equals',
  'NULL',
  'public',
  'CREATE TABLE',
  'comma,comma',
  'E\\u0041',
  '\\connect',
  '\\.',
]

/** Names that no other object of the database has. */
export interface Names {
  /** Quoted, ready for SQL. */
  fresh(): string
  /** As it is, for a caller that quotes it itself. */
  raw(): string
}

export function makeNames(random: Random, letters: Letters): Names {
  let count = 0
  const bytes = (text: string) => Buffer.byteLength(text, letters.raw ? 'latin1' : 'utf8')
  const raw = () => {
    count += 1
    const number = `${count}`
    const word = random.below(3) === 0 ? random.pick(letters.words) : random.pick(ascii)
    // The longest that there can be; in bytes of UTF-8, which is the most that any encoding needs.
    if (random.below(12) > 0) return word + number
    let long = word
    while (bytes(long) + bytes(word) + number.length <= 63) long += word
    return long + 'x'.repeat(63 - bytes(long) - number.length) + number
  }
  return { raw, fresh: () => quote(raw()) }
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** With standard_conforming_strings, which the script turns on. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
