import type { ClientBase } from 'pg'
import type { Check } from '@/lib/contracts/backup'
import type { RunContext } from '@/lib/ports/run-context'
import type { TocEntry } from './archive/archive-format'
import { errorText } from './classify-error'
import type { ArchivedTable } from './count-rows'
import { dumpSandbox } from './dump-sandbox'
import type { Installation } from './find-client'
import { quoteQualified } from './quote'
import type { Sandbox } from './sandbox/start'

const shown = 20

/**
 * The COPY text of every restored table against the archive's, byte by byte through a hash. Tables come back in the
 * order they were loaded in, so the texts are equal when the rows are. Child tables whose columns were laid out anew
 * (inheritance) are copied in another column order; they are named and left to the row counts.
 */
export async function compareContent(
  input: { sandbox: Sandbox; database: string; client: Installation; tables: ArchivedTable[] },
  run: RunContext,
): Promise<Check> {
  const entries = new Map<number, TocEntry>()
  const restored = new Map<string, { copyStatement: string; sha256: string | undefined }>()
  await dumpSandbox(
    input.sandbox,
    input.database,
    input.client,
    ['--data-only', '--no-blobs'],
    {
      hashRows: true,
      onEntry: (entry) => {
        if (entry.type === 'TABLE DATA') entries.set(entry.dumpId, entry)
      },
      onTable: (table) => {
        const entry = entries.get(table.dumpId)
        if (!entry) return
        const name = quoteQualified(entry.schema, entry.name)
        restored.set(name, { copyStatement: entry.copyStatement, sha256: table.sha256 })
      },
    },
    run,
  )
  const different: string[] = []
  const skipped: string[] = []
  for (const table of input.tables) {
    const name = quoteQualified(table.schema, table.name)
    const copy = restored.get(name)
    if (copy && copy.copyStatement !== table.copyStatement) skipped.push(name)
    else if (!copy?.sha256 || copy.sha256 !== table.sha256) different.push(name)
  }
  const notes = [
    different.length > 0 && `Different content: ${different.slice(0, shown).join(', ')}`,
    skipped.length > 0 && `Not compared, other column order: ${skipped.slice(0, shown).join(', ')}`,
  ].filter((note) => note !== false)
  return {
    name: 'content-hashes',
    verdict: different.length === 0 ? 'passed' : 'failed',
    expected: input.tables.length - skipped.length,
    actual: input.tables.length - skipped.length - different.length,
    ...(notes.length > 0 ? { detail: notes.join('. ') } : {}),
  }
}

/** Constraints that were valid in the source are valid here: pg_restore checks them while it adds them. */
export async function checkConstraints(client: ClientBase, expected: number | undefined): Promise<Check> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_constraint WHERE NOT convalidated AND contype IN ('c', 'f')`,
  )
  const actual = rows[0]?.count ?? 0
  const name = 'constraints-validated'
  if (expected === undefined) {
    return { name, verdict: 'inconclusive', actual, detail: 'The backup does not record how many were not valid.' }
  }
  return {
    name,
    verdict: actual === expected ? 'passed' : 'failed',
    expected,
    actual,
    detail: 'Constraints not validated',
  }
}

/** Structure of every B-tree index, and that each row of its table is in it. */
export async function checkIndexes(client: ClientBase, serverMajor: number, signal: AbortSignal): Promise<Check> {
  const name = 'indexes-sound'
  try {
    // Event triggers of the restored database must not react to our extension.
    await client.query('SET session_replication_role = replica')
    await client.query('CREATE SCHEMA holdfast_check')
    await client.query('CREATE EXTENSION amcheck SCHEMA holdfast_check')
  } catch (error) {
    return {
      name,
      verdict: 'inconclusive',
      detail: `The extension amcheck is not available (${errorText(error)}). On Debian it is in postgresql-${serverMajor}, on Red Hat in postgresql${serverMajor}-contrib.`,
    }
  }
  const { rows } = await client.query<{ oid: string; name: string }>(
    `SELECT i.indexrelid::text AS oid, i.indexrelid::regclass::text AS name
       FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
      WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relpersistence <> 't' AND i.indisready AND i.indisvalid
        AND i.indexrelid >= 16384`,
  )
  const broken: string[] = []
  for (const index of rows) {
    signal.throwIfAborted()
    try {
      await client.query('SELECT holdfast_check.bt_index_check($1::oid::regclass, true)', [index.oid])
    } catch (error) {
      broken.push(`${index.name}: ${errorText(error)}`)
    }
  }
  return {
    name,
    verdict: broken.length === 0 ? 'passed' : 'failed',
    expected: rows.length,
    actual: rows.length - broken.length,
    ...(broken.length > 0 ? { detail: broken.slice(0, shown).join('; ') } : {}),
  }
}
