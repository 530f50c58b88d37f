import type { ClientBase } from 'pg'
import type { Check } from '@/lib/contracts/backup'
import { errorCode, errorText } from '@/lib/engines/postgres/classify-error'
import { addExtension } from '@/lib/engines/postgres/sandbox/add-extension'
import { unvalidatedConstraints } from '@/lib/engines/postgres/inspect/unvalidated-constraints'

const shown = 20

/** Constraints that were valid in the source are valid here: pg_restore checks them while it adds them. */
export async function checkConstraints(client: ClientBase, expected: number | undefined): Promise<Check> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT quote_ident(conname) || ' of ' || CASE WHEN conrelid <> 0 THEN conrelid::regclass::text
                                                   ELSE contypid::regtype::text END AS name
       FROM ${unvalidatedConstraints} ORDER BY 1`,
  )
  const actual = rows.length
  const name = 'constraints-validated'
  if (expected === undefined) {
    return { name, verdict: 'inconclusive', actual, detail: 'The backup does not record how many were not valid.' }
  }
  const names = rows
    .slice(0, shown)
    .map((row) => row.name)
    .join(', ')
  return {
    name,
    verdict: actual === expected ? 'passed' : 'failed',
    expected,
    actual,
    detail:
      actual === expected
        ? 'Constraints not validated, as in the source'
        : `Constraints not validated: ${expected} in the source, ${actual} in the restored database${names ? ` (${names})` : ''}. Rows may break what these promise.`,
  }
}

/** Oids below are of what initdb made: a server that was made anew has its own of these. */
const firstNormalOid = 16_384

/** Structure of every B-tree index, and that each row of its table is in it; `catalogs`: of PostgreSQL's own tables as well. */
export async function checkIndexes(
  client: ClientBase,
  serverMajor: number,
  signal: AbortSignal,
  { catalogs = false } = {},
): Promise<Check> {
  const name = 'indexes-sound'
  let schema: string
  try {
    // Event triggers of the restored database must not react to our extension.
    await client.query('SET session_replication_role = replica')
    schema = (await addExtension(client, 'amcheck')).schema
  } catch (error) {
    return {
      name,
      verdict: 'inconclusive',
      detail: `The extension amcheck is not available (${errorText(error)}). On Debian it is in postgresql-${serverMajor}, on Red Hat in postgresql${serverMajor}-contrib.`,
    }
  }
  const { rows } = await client.query<{ oid: string; name: string; on: string }>(
    `SELECT i.indexrelid::text AS oid, i.indexrelid::regclass::text AS name, i.indrelid::regclass::text AS on
       FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
      WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relpersistence <> 't' AND i.indisready AND i.indisvalid
        AND i.indexrelid >= $1`,
    [catalogs ? 0 : firstNormalOid],
  )
  const broken: string[] = []
  const undecided: string[] = []
  for (const index of rows) {
    signal.throwIfAborted()
    try {
      await client.query(`SELECT ${schema}.bt_index_check($1::oid::regclass, true)`, [index.oid])
    } catch (error) {
      signal.throwIfAborted()
      // Class XX is the server's word for damage and broken invariants; anything else is trouble with the looking.
      const told = `${index.name} on ${index.on}: ${errorText(error)}`
      if (errorCode(error).startsWith('XX')) broken.push(told)
      else undecided.push(told)
    }
  }
  const invalid = await invalidIndexes(client)
  const notes = [
    broken.length > 0 &&
      `${broken.slice(0, shown).join('; ')}. Queries that use such an index miss rows or return wrong ones`,
    undecided.length > 0 && `Could not be checked: ${undecided.slice(0, shown).join('; ')}`,
    invalid.length > 0 && `Marked as not valid: ${invalid.slice(0, shown).join(', ')}`,
  ].filter((note) => note !== false)
  return {
    name,
    verdict: broken.length > 0 ? 'failed' : undecided.length > 0 ? 'inconclusive' : 'passed',
    expected: rows.length,
    actual: rows.length - broken.length - undecided.length,
    ...(notes.length > 0 ? { detail: notes.join('. ') } : {}),
  }
}

/** Not a failure: the index of a partitioned table is not valid as long as one partition has none, as in the source. */
async function invalidIndexes(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid AND indexrelid >= 16384`,
  )
  return rows.map((row) => row.name)
}
