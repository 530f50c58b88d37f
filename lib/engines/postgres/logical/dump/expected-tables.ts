import { HoldfastError } from '@/lib/core/holdfast-error'
import type { TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'
import { quoteQualified } from '@/lib/engines/postgres/connect/quote'

/**
 * Compares what a dump really holds with what it was asked for: rows that are in no part would be lost, and rows in two
 * would come back twice.
 */
export class ExpectedTables {
  private readonly missing: Set<string>

  constructor(tables: readonly { schema: string; name: string }[]) {
    this.missing = new Set(tables.map(({ schema, name }) => quoteQualified(schema, name)))
  }

  /** Throws when the entry is the data of one of the tables. */
  absent(entry: TocEntry): void {
    const name = quoteQualified(entry.schema, entry.name)
    if (entry.type === 'TABLE DATA' && this.missing.has(name)) throw changed(`${name} would be in two parts`)
  }

  /** Throws when the entry is the data of any other table. */
  take(entry: TocEntry): void {
    if (entry.type !== 'TABLE DATA') return
    const name = quoteQualified(entry.schema, entry.name)
    if (!this.missing.delete(name)) throw changed(`${name} would be in two parts`)
  }

  /** Throws when data of one of the tables never came. */
  end(): void {
    const [name] = this.missing
    if (name !== undefined) throw changed(`${name} would be in no part`)
  }
}

function changed(what: string): HoldfastError {
  return new HoldfastError('producer-failed', `The dumps of this backup do not fit together: ${what}.`, {
    remedy: 'A table was renamed while the backup began. The next attempt reads everything anew.',
    transient: true,
  })
}
