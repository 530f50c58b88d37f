import { topLevel } from '@/lib/engines/postgres/connect/top-level'

/** What may follow a column's type; expressions are left out, since the server writes them anew after a restore. */
const afterType = new Set([
  'COLLATE',
  'WITH',
  'DEFAULT',
  'GENERATED',
  'NOT',
  'NULL',
  'STORAGE',
  'COMPRESSION',
  'OPTIONS',
  'CONSTRAINT',
])

/**
 * What a table's or domain's definition holds beside its name: columns with their types, NOT NULL, and CHECK
 * constraints by name. pg_dump writes those inside CREATE TABLE, where they have no entry of their own.
 */
export function tableShape(definition: string): string[] {
  const statement = topLevel(definition).find(([verb]) => verb === 'CREATE')
  if (!statement) return []
  if (statement[1] === 'DOMAIN') return domainShape(statement)
  const body = statement.find((word) => word.startsWith('('))
  return body === undefined ? [] : items(body.slice(1, -1)).flatMap(itemShape)
}

function domainShape(words: string[]): string[] {
  const shape = isNotNull(words) ? ['NOT NULL'] : []
  words.forEach((word, index) => {
    if (word === 'CONSTRAINT' && words[index + 2] === 'CHECK') shape.push(`CHECK CONSTRAINT ${words[index + 1] ?? ''}`)
  })
  return shape
}

function itemShape(words: string[]): string[] {
  const [first = '', second = '', third] = words
  // A column of that name stands in quotes.
  if (first === 'CONSTRAINT') return third === 'CHECK' ? [`CHECK CONSTRAINT ${second}`] : []
  const rest = words.slice(1)
  const end = rest.findIndex((word) => afterType.has(word))
  const type = (end < 0 ? rest : rest.slice(0, end)).join(' ').replaceAll(' (', '(')
  return [`COLUMN ${first} ${type}`, ...(isNotNull(rest) ? [`NOT NULL of column ${first}`] : [])]
}

const isNotNull = (words: string[]) => words.some((word, index) => word === 'NOT' && words[index + 1] === 'NULL')

/** The words of each item of a list that commas divide. */
function items(body: string): string[][] {
  const found: string[][] = [[]]
  for (const word of topLevel(body).flat()) {
    if (word === ',') found.push([])
    else found.at(-1)?.push(word)
  }
  return found.filter((words) => words.length > 0)
}
