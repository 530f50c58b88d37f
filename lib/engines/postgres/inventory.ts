import type { TocEntry } from './archive/archive-format'

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
const attached = new Set(['ACL', 'COMMENT', 'SECURITY LABEL'])

/** What an entry is counted as, or null when it is not a schema object. The owner is not part of it. */
export function inventoryKey(entry: TocEntry): string | null {
  if (notSchema.has(entry.type)) return null
  if (attached.has(entry.type) && /^(DATABASE|LARGE OBJECTS?) /.test(entry.name)) return null
  return [entry.type, entry.schema, entry.name].join('\0')
}

/** A multiset of schema objects; overloaded names and several constraints of one name are counted. */
export class Inventory {
  readonly counts = new Map<string, number>()
  total = 0

  add(entry: TocEntry): void {
    const key = inventoryKey(entry)
    if (key === null) return
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1)
    this.total += 1
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
  for (const [key, count] of from.counts) {
    if (count > (against.counts.get(key) ?? 0)) words.push(key.split('\0').filter(Boolean).join(' '))
  }
  return words
}
