import type { Check } from '@/lib/contracts/backup'
import type { RunContext } from '@/lib/ports/run-context'
import type { TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'
import type { ArchivedTable } from './count-rows'
import { dumpSandbox } from './dump-sandbox'
import type { Installation } from '@/lib/engines/postgres/connect/find-client'
import { hashInOrder } from './hash-in-order'
import { quoteQualified } from '@/lib/engines/postgres/connect/quote'
import type { SandboxServer } from '@/lib/engines/postgres/sandbox/start'

const shown = 20

interface Input {
  sandbox: SandboxServer
  database: string
  client: Installation
  tables: ArchivedTable[]
  /** Absent: there are none to compare. */
  largeObjectsHash?: string | undefined
}

/**
 * The COPY text of every restored table against the archive's, byte by byte through a hash that does not depend on the
 * order of the rows. Child tables whose columns were laid out anew
 * (inheritance) are copied once more, in the archive's column order.
 */
export async function compareContent(input: Input, run: RunContext): Promise<Check> {
  const { tables: restored, largeObjectsHash } = await hashRestored(input, run)
  const different: string[] = []
  for (const table of input.tables) {
    run.signal.throwIfAborted()
    const name = quoteQualified(table.schema, table.name)
    const copy = restored.get(name)
    const told = await difference(input, table, copy, run)
    if (told) different.push(`${name}: ${told}`)
  }
  const wanted = input.largeObjectsHash
  if (wanted !== undefined && largeObjectsHash !== wanted) {
    different.push(
      `large objects: their hash is ${wanted} in the archive and ${largeObjectsHash} in the restored database`,
    )
  }
  const compared = input.tables.length + (wanted === undefined ? 0 : 1)
  const detail = `${different.slice(0, shown).join('; ')}. At least one value or row of each is not what was backed up`
  return {
    name: 'content-hashes',
    verdict: different.length === 0 ? 'passed' : 'failed',
    expected: compared,
    actual: compared - different.length,
    ...(different.length > 0 ? { detail } : {}),
  }
}

interface RestoredTable {
  copyStatement: string
  rowsHash: string | undefined
}

async function hashRestored(
  input: Input,
  run: RunContext,
): Promise<{ tables: Map<string, RestoredTable>; largeObjectsHash: string }> {
  const entries = new Map<number, TocEntry>()
  const restored = new Map<string, RestoredTable>()
  const summary = await dumpSandbox(
    input.sandbox,
    input.database,
    input.client,
    ['--data-only', ...(input.largeObjectsHash === undefined ? ['--no-blobs'] : [])],
    {
      hashRows: true,
      onEntry: (entry) => {
        if (entry.type === 'TABLE DATA') entries.set(entry.dumpId, entry)
      },
      onTable: (table) => {
        const entry = entries.get(table.dumpId)
        if (!entry) return
        const { schema, name, copyStatement } = entry
        restored.set(quoteQualified(schema, name), { copyStatement, rowsHash: table.rowsHash })
      },
    },
    run,
  )
  return { tables: restored, largeObjectsHash: summary.largeObjectsHash }
}

/** In words, or null when the rows are equal. */
async function difference(
  input: Input,
  table: ArchivedTable,
  restored: RestoredTable | undefined,
  run: RunContext,
): Promise<string | null> {
  if (!restored) return 'the restored database has no data of it'
  if (!table.rowsHash) return 'no hash was taken from the archive'
  if (restored.rowsHash === table.rowsHash) return null
  const actual =
    restored.copyStatement === table.copyStatement ? restored.rowsHash : await hashInOrder(input, table, run)
  if (actual === table.rowsHash) return null
  const short = (hash: string | undefined) => (hash ? hash.slice(0, 16) : 'unknown')
  return `the hash of its rows is ${short(table.rowsHash)}… in the archive and ${short(actual)}… in the restored database`
}
