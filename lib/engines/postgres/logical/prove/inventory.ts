import { attachedTypes, type TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'
import { quoteQualified } from '@/lib/engines/postgres/connect/quote'
import { tableShape } from './table-shape'

/** Entries that describe content, or the database itself, which a restore into an own database does not make. */
const notSchema = new Set([
  'TABLE DATA',
  'SEQUENCE SET',
  'MATERIALIZED VIEW DATA',
  'STATISTICS DATA',
  'BLOB',
  'BLOBS',
  'BLOB METADATA',
  'DATABASE',
  'DATABASE PROPERTIES',
])

/** What an entry is counted as, or null when it is not a schema object. The owner is not part of it. */
export function inventoryKey(entry: TocEntry): string | null {
  if (notSchema.has(entry.type)) return null
  if (attachedTypes.has(entry.type) && /^(DATABASE|LARGE OBJECTS?) /.test(entry.name)) return null
  return [entry.type, entry.schema, entry.name].join('\0')
}

/** A sequence as the archive sets it; `setting` is the SQL that does. */
export interface ArchivedSequence {
  schema: string
  name: string
  setting: string
}

/** A multiset of schema objects; overloaded names and several constraints of one name are counted. */
export class Inventory {
  readonly counts = new Map<string, number>()
  /** Columns and checks of each table and domain, by its key. */
  readonly shapes = new Map<string, string[]>()
  /** By quoted name: parts of one backup may list a sequence twice. */
  readonly sequences = new Map<string, ArchivedSequence>()
  total = 0

  add(entry: TocEntry): void {
    if (entry.type === 'SEQUENCE SET') {
      const { schema, name, definition } = entry
      this.sequences.set(quoteQualified(schema, name), { schema, name, setting: definition })
    }
    const key = inventoryKey(entry)
    if (key === null) return
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1)
    this.total += 1
    if (entry.definition && entry.type !== 'INDEX') this.shapes.set(key, tableShape(entry.definition))
  }

  /** Objects per type, for the evidence. */
  byType(): Record<string, number> {
    const types: Record<string, number> = {}
    for (const [key, count] of this.counts) {
      const type = key.slice(0, key.indexOf('\0'))
      types[type] = (types[type] ?? 0) + count
    }
    return types
  }
}

export interface InventoryDifference {
  missing: string[]
  extra: string[]
}

/** What is in one and not in the other, in words. */
export function compareInventory(archive: Inventory, restored: Inventory): InventoryDifference {
  return { missing: lacking(archive, restored), extra: lacking(restored, archive) }
}

function lacking(from: Inventory, against: Inventory): string[] {
  const words: string[] = []
  const inWords = (key: string) => key.split('\0').filter(Boolean).join(' ')
  for (const [key, count] of from.counts) {
    if (count > (against.counts.get(key) ?? 0)) words.push(inWords(key))
  }
  for (const [key, shape] of from.shapes) {
    const other = against.shapes.get(key)
    if (!other) continue
    const there = new Set(other)
    for (const feature of shape) if (!there.has(feature)) words.push(`${feature} of ${inWords(key)}`)
  }
  return words
}
