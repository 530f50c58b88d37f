import type { Check } from '@/lib/contracts/backup'
import type { RunContext } from '@/lib/ports/run-context'
import { checkAssertions } from './check-assertions'
import { checkCriticalTables } from './check-critical-tables'
import { compareSequences } from './check-sequences'
import type { TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'
import { compareContent } from './compare-content'
import { withConnection } from '@/lib/engines/postgres/connect/connect'
import { databaseEntries, isOfDatabase } from '@/lib/engines/postgres/logical/archive/database-entries'
import { compareLargeObjects, compareMaterializedViews, compareRowCounts } from './count-rows'
import { checkConstraints, checkIndexes } from './deep-checks'
import { dumpSandbox } from './dump-sandbox'
import type { Installation } from '@/lib/engines/postgres/connect/find-client'
import { compareInventory, Inventory } from './inventory'
import type { ManifestFacts } from '@/lib/engines/postgres/logical/archive/manifest-facts'
import { quoteQualified } from '@/lib/engines/postgres/connect/quote'
import { type Restored, sandboxDatabase } from './restore-into-sandbox'
import type { SandboxServer } from '@/lib/engines/postgres/sandbox/start'
import type { Expectations } from './expectations'

const shown = 20
const largest = 10

interface Input {
  restored: Restored
  sandbox: SandboxServer
  client: Installation
  facts: ManifestFacts
  level: 'standard' | 'comprehensive'
  /** What the source's administrator wrote; absent: nothing. */
  expectations: Expectations
  /** Filled with what was found. */
  evidence: Record<string, unknown>
}

/** Compares what the archive held with what the sandbox has now. */
export async function checkRestored(input: Input, run: RunContext): Promise<Check[]> {
  const { restored, sandbox, client, facts, evidence } = input
  const phase = (name: string) =>
    run.progress({ phase: name, doneBytes: facts.archiveBytes, totalBytes: facts.archiveBytes })
  const deep = input.level === 'comprehensive'
  phase('comparing objects')
  const checks: Check[] = [await compareObjects(input, run)]
  const counted = await withConnection(
    sandbox.source,
    run.signal,
    async (connection) => {
      phase('counting rows')
      const rows = await compareRowCounts(connection, restored.tables, run.signal)
      checks.push(rows.check)
      checks.push(await compareSequences(connection, [...restored.inventory.sequences.values()], run.signal))
      checks.push(await compareLargeObjects(connection, restored.largeObjects))
      checks.push(await compareMaterializedViews(connection, restored.filledViews, restored.unfilledViews))
      checks.push(...(await checkCriticalTables(connection, input.expectations.criticalTables, run.signal)))
      if (deep) checks.push(await checkConstraints(connection, facts.unvalidatedConstraints))
      return rows
    },
    sandboxDatabase,
  )
  if (deep) {
    phase('comparing content')
    checks.push(await compareContent({ sandbox, database: sandboxDatabase, client, ...restored }, run))
    phase('checking indexes')
    const check = await withConnection(
      sandbox.source,
      run.signal,
      (connection) => checkIndexes(connection, facts.serverMajor, run.signal),
      sandboxDatabase,
    )
    checks.push(check)
    phase('asking the assertions')
    const assertions = input.expectations.assertions
    const { serverMajor, session } = facts
    const asked = { sandbox: sandbox.source, serverMajor, database: sandboxDatabase, assertions, session }
    checks.push(...(await checkAssertions(asked, run)))
  }
  evidence.tables = restored.tables.length
  evidence.rows = restored.tables.reduce((sum, table) => sum + table.rows, 0)
  evidence.sequences = restored.inventory.sequences.size
  evidence.largeObjects = restored.largeObjects
  evidence.objects = restored.inventory.byType()
  evidence.largestTables = [...restored.tables]
    .sort((a, b) => b.rows - a.rows)
    .slice(0, largest)
    .map((table) => ({ table: quoteQualified(table.schema, table.name), rows: table.rows }))
  if (counted.different.length > 0) evidence.differentRowCounts = counted.different
  return checks
}

async function compareObjects(input: Input, run: RunContext): Promise<Check> {
  const { restored, sandbox, client, evidence } = input
  const inventory = new Inventory()
  const entries: TocEntry[] = []
  const onEntry = (entry: TocEntry) => {
    inventory.add(entry)
    if (isOfDatabase(entry)) entries.push(entry)
  }
  await dumpSandbox(sandbox, sandboxDatabase, client, ['--schema-only'], { onEntry }, run)
  const { missing, extra } = compareInventory(restored.inventory, inventory)
  const { before, after } = databaseEntries(entries)
  const there = new Set([...before, ...after].map((statement) => statement.sql('')))
  missing.push(...restored.properties.filter((one) => !there.has(one.sql(''))).map(({ about }) => about))
  const notes = [
    missing.length > 0 &&
      `In the archive and not in the restored database: ${missing.slice(0, shown).join(', ')}. A restore would come back without`,
    extra.length > 0 && `In the restored database and not in the archive: ${extra.slice(0, shown).join(', ')}`,
  ].filter((note) => note !== false)
  if (notes.length > 0) {
    evidence.objectDifferences = { missing: missing.slice(0, 100), extra: extra.slice(0, 100) }
  }
  return {
    name: 'object-inventory',
    verdict: notes.length === 0 ? 'passed' : 'failed',
    expected: restored.inventory.total,
    actual: inventory.total,
    ...(notes.length > 0 ? { detail: notes.join('. ') } : {}),
  }
}
