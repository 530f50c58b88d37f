import type { Check } from '@/lib/contracts/backup'
import type { Examined } from '../../reader/answers'
import type { PartFacts } from '../facts'

/** A database as it was recorded when it was copied, and as it is restored. */
export interface Pair {
  recorded: PartFacts
  restored: Examined
}

/** Some differences say enough. */
const mostTold = 20

function verdict(name: string, wrong: string[], counts: Pick<Check, 'expected' | 'actual'> = {}): Check {
  const { length } = wrong
  if (length === 0) return { name, verdict: 'passed', ...counts }
  const more = length > mostTold ? `; and ${length - mostTold} more` : ''
  return { name, verdict: 'failed', ...counts, detail: wrong.slice(0, mostTold).join('; ') + more }
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)
const kinds = ['table', 'index', 'view', 'trigger'] as const
const objectsIn = ({ objects }: Examined) => sum(kinds.map((kind) => objects[kind]))
const rowsIn = ({ tables }: Examined) => sum(tables.map(({ rows }) => rows ?? 0))

/** The same tables, indexes, views and triggers, defined in the same words. */
export function objectInventory(pairs: Pair[]): Check {
  const wrong = pairs.flatMap(({ recorded, restored }) => {
    const names = new Set(restored.tables.map(({ name }) => name))
    const missing = recorded.tables.filter(({ name }) => !names.has(name)).map(({ name }) => `table ${name} is missing`)
    const counted = kinds
      .filter((kind) => recorded.objects[kind] !== restored.objects[kind])
      .map((kind) => `${restored.objects[kind]} of kind ${kind} instead of ${recorded.objects[kind]}`)
    const found = [...missing, ...counted]
    if (found.length === 0 && recorded.schemaSha256 !== restored.schemaSha256) found.push('a definition differs')
    for (const field of ['pageSize', 'userVersion', 'applicationId'] as const) {
      if (recorded[field] !== restored[field])
        found.push(`${field} is ${restored[field]} instead of ${recorded[field]}`)
    }
    return found.map((text) => `${recorded.path}: ${text}`)
  })
  const expected = sum(pairs.map(({ recorded }) => objectsIn(recorded)))
  return verdict('object-inventory', wrong, { expected, actual: sum(pairs.map(({ restored }) => objectsIn(restored))) })
}

export function rowCounts(pairs: Pair[]): Check {
  const expected = sum(pairs.map(({ recorded }) => rowsIn(recorded)))
  const actual = sum(pairs.map(({ restored }) => rowsIn(restored)))
  return verdict('row-counts', differences(pairs, 'rows', 'rows'), { expected, actual })
}

/** Every value of every table, by type and bytes. */
export const contentHashes = (pairs: Pair[]): Check =>
  verdict('content-hashes', differences(pairs, 'sha256', 'the content hash'))

function differences(pairs: Pair[], field: 'rows' | 'sha256', called: string): string[] {
  return pairs.flatMap(({ recorded, restored }) => {
    const now = new Map(restored.tables.map((table) => [table.name, table]))
    return recorded.tables.flatMap(({ name, [field]: before }) => {
      const table = now.get(name)
      const about = `${recorded.path}: table ${name}`
      if (!table) return [`${about} is missing or cannot be read`]
      if (table.failed !== undefined) return [`${about} is damaged (${table.failed})`]
      if (before === undefined || before === null) return [`${about} could not be read when it was copied`]
      return table[field] === before ? [] : [`${about}: ${called} ${table[field]} instead of ${before}`]
    })
  })
}

/** Bytes that were stored as they are here and are no whole database were none in the source. */
export const integrityCheck = (pairs: Pair[]): Check =>
  verdict(
    'integrity-check',
    pairs.flatMap(({ recorded, restored }) =>
      restored.integrity.map((line) =>
        recorded.integrity.length > 0 ? `${recorded.path}, as in the source: ${line}` : `${recorded.path}: ${line}`,
      ),
    ),
  )

/** Rows that break a foreign key in the source itself are no damage: as many must be here. */
export function foreignKeys(pairs: Pair[]): Check {
  const wrong = pairs.flatMap(({ recorded, restored }) => {
    const [before, now] = [recorded.foreignKeys, restored.foreignKeys]
    if (before.violations === now.violations && before.failed === now.failed) return []
    const told = ({ violations, failed }: typeof before) => failed ?? `${violations} rows without the row they point to`
    return [`${recorded.path}: ${told(now)} instead of ${told(before)}`]
  })
  return verdict('foreign-keys', wrong)
}

/** Tables that must hold rows, whatever was recorded: a backup of an emptied table is faithful, too. */
export function criticalTables(pairs: Pair[], wanted: string[]): Check[] {
  return pairs.flatMap(({ recorded, restored }) =>
    wanted.map((name): Check => {
      const table = restored.tables.find((one) => one.name === name)
      const about = { name: 'critical-table', expected: 'at least 1 row' }
      const where = `${name} of ${recorded.path}`
      if (!table || table.rows === null)
        return {
          ...about,
          verdict: 'failed',
          actual: 'missing',
          detail: `${where} is not there, though it is listed as critical.`,
        }
      if (table.rows > 0) return { ...about, verdict: 'passed', actual: table.rows, detail: where }
      return {
        ...about,
        verdict: 'failed',
        actual: 0,
        detail: `${where} has no rows, though it is listed as critical.`,
      }
    }),
  )
}
