import type { ClientBase } from 'pg'
import type { Check } from '@/lib/contracts/backup'
import type { ArchivedSequence } from './inventory'
import { quoteQualified } from '@/lib/engines/postgres/connect/quote'

const shown = 20
const setting = /setval\((?:E?'(?:[^']|'')*'), (-?\d+), (true|false)\);/

/** What the archive sets every sequence to against what the restored one has; a number given twice is lost data. */
export async function compareSequences(
  client: ClientBase,
  sequences: ArchivedSequence[],
  signal: AbortSignal,
): Promise<Check> {
  const different: string[] = []
  const unknown: string[] = []
  for (const sequence of sequences) {
    signal.throwIfAborted()
    const name = quoteQualified(sequence.schema, sequence.name)
    const wanted = setting.exec(sequence.setting)
    if (!wanted) {
      unknown.push(name)
      continue
    }
    // A sequence that is not there at all is a finding, not an accident.
    const { rows } = await client.query<{ there: string | null }>(
      `SELECT c.oid::text AS there FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = 'S'`,
      [sequence.schema, sequence.name],
    )
    const expected = inWords(wanted[1], wanted[2] === 'true')
    const actual = rows[0] ? await valueOf(client, name) : 'missing'
    if (actual !== expected) different.push(`${name}: ${expected} in the archive, ${actual} in the restored database`)
  }
  const details = [
    different.length > 0 &&
      `${different.slice(0, shown).join('; ')}. The next numbers would collide with rows that exist, or leave a gap`,
    unknown.length > 0 && `The archive's setting of ${unknown.slice(0, shown).join(', ')} could not be read`,
  ].filter((note) => note !== false)
  return {
    name: 'sequence-values',
    verdict: different.length > 0 ? 'failed' : unknown.length > 0 ? 'inconclusive' : 'passed',
    expected: sequences.length,
    actual: sequences.length - different.length - unknown.length,
    ...(details.length > 0 ? { detail: details.join('. ') } : {}),
  }
}

async function valueOf(client: ClientBase, name: string): Promise<string> {
  const { rows } = await client.query<{ value: string; called: boolean }>(
    `SELECT last_value::text AS value, is_called AS called FROM ${name}`,
  )
  return inWords(rows[0]?.value, rows[0]?.called === true)
}

function inWords(value: string | undefined, called: boolean): string {
  return called ? `${value} given last` : `${value} not given yet`
}
