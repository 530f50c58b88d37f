import { toolPriority } from '@/lib/core/tool-priority'
import { join } from 'node:path'
import type { BackupPart } from '@/lib/ports/backup-method'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'
import { ArchiveWalker } from '@/lib/engines/postgres/logical/archive/archive-walker'
import type { Installation } from '@/lib/engines/postgres/connect/find-client'
import { ExpectedTables } from './expected-tables'
import type { LoadWatch } from '@/lib/engines/postgres/load/load-watch'
import { startPart } from './start-part'
import type { PartPlan, SizedTable } from './plan-parts'
import { quoteQualified } from '@/lib/engines/postgres/connect/quote'
import { watchStalls } from '@/lib/engines/postgres/load/stall-watch'
import type { ToolEnv } from '@/lib/engines/postgres/connect/tool-env'
import { postgresOptions } from '@/lib/engines/postgres/connect/options'

export interface DumpPlan {
  source: SourceSpec
  client: Installation
  env: ToolEnv
  /** Exported snapshot; null when the server cannot export one. */
  snapshot: string | null
  explain(error: unknown): Promise<unknown>
  /** Hears what the tools warn of. */
  warn(text: string): void
  /** Rejects when a table is not what the snapshot has; asked while the dump holds its locks. */
  assertUnchanged(): Promise<void>
  /** Holds the dumps back while the server has other things to do. */
  guard: LoadWatch | null
}

/** The schema and all rows that no other part holds: one uncompressed custom archive. Compression is the pipeline's. */
export function dumpArchive(plan: DumpPlan, parts: PartPlan): BackupPart {
  const elsewhere = parts.data.flatMap((part) => part.tables)
  return {
    role: 'archive',
    data: true,
    base: 'archive.dump',
    expectedBytes: parts.archiveBytes,
    open: (run) => {
      const expected = new ExpectedTables(elsewhere)
      const args = elsewhere.map((table) => `--exclude-table-data=${pattern(table)}`)
      let unchanged: Promise<void> | null = null
      const walk = {
        onEntry: (entry: TocEntry) => {
          expected.absent(entry)
          if (unchanged) return
          // The first thing that pg_dump writes comes after its last lock.
          unchanged = plan.assertUnchanged()
          unchanged.catch(() => undefined)
        },
        onEnd: async () => unchanged,
      }
      return openDump(plan, args, walk, run)
    },
  }
}

/** The rows of some tables, of the same snapshot. */
export function dumpData(plan: DumpPlan, part: PartPlan['data'][number], number: number): BackupPart {
  return {
    role: 'data',
    data: true,
    base: `data-${number}.dump`,
    expectedBytes: part.bytes,
    facts: { tables: part.tables.map(({ schema, name }) => ({ schema, name })) },
    open: (run) => {
      const expected = new ExpectedTables(part.tables)
      const args = ['--section=data', '--strict-names', ...part.tables.map((table) => `--table=${pattern(table)}`)]
      const walk = { onEntry: (entry: TocEntry) => expected.take(entry), onEnd: async () => expected.end() }
      return openDump(plan, args, walk, run)
    },
  }
}

/** pg_dump takes names for patterns; in quotes every character stands for itself. */
function pattern({ schema, name }: SizedTable): string {
  return quoteQualified(schema, name)
}

function openDump(
  plan: DumpPlan,
  args: string[],
  walk: { onEntry(entry: TocEntry): void; onEnd(): Promise<unknown> },
  run: Parameters<BackupPart['open']>[0],
) {
  const { source, client, env, guard } = plan
  return startPart(
    {
      tool: 'pg_dump',
      spec: {
        file: join(client.folder, 'pg_dump'),
        args: [
          '--format=custom',
          '--compress=0',
          '--no-password',
          `--lock-wait-timeout=${postgresOptions(source).lockTimeoutMs}`,
          ...(plan.snapshot ? [`--snapshot=${plan.snapshot}`] : []),
          ...args,
        ],
        env: env.env,
        secrets: env.secrets,
        priority: toolPriority(source.options),
        bulkOutput: true,
      },
      ...(guard ? { pace: () => guard.stage() } : {}),
      check: (exited) =>
        new ArchiveWalker({
          onEntry: (entry) => walk.onEntry(entry),
          beforeEnd: async () => {
            await exited()
            await walk.onEnd()
          },
        }),
      explain: plan.explain,
      warn: plan.warn,
      stall: watchStalls(source),
    },
    run,
  )
}
