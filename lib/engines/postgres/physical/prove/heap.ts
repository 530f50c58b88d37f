import type { ClientBase } from 'pg'
import { errorText } from '@/lib/engines/postgres/classify-error'
import { addExtension } from '@/lib/engines/postgres/sandbox/add-extension'
import type { Findings } from './findings'
import type { Relation } from './relations'

/** Of one table; the first say what kind of damage it is. */
const mostTold = 3

/**
 * The structure of every page and row of tables, and that their values out of line are there (amcheck's verify_heapam). Answers the
 * oids of those whose structure is damaged.
 */
export async function checkHeap(
  client: ClientBase,
  { database, relations, serverMajor }: { database: string; relations: Relation[]; serverMajor: number },
  findings: Findings,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const damaged = new Set<string>()
  const amcheck = await addExtension(client, 'amcheck').catch((error: unknown) => errorText(error))
  if (typeof amcheck === 'string') {
    findings.open(
      `${database}: the extension amcheck is not available (${amcheck}). On Debian it is in postgresql-${serverMajor}, on Red Hat in postgresql${serverMajor}-contrib`,
    )
    return damaged
  }
  for (const { oid, name } of relations.filter(({ isHeap }) => isHeap)) {
    signal.throwIfAborted()
    const about = `${name} in ${database}`
    try {
      const { rows } = await client.query<{ count: number; structure: boolean | null; first: string[] | null }>(
        `SELECT count(*)::int AS count, bool_or(msg NOT LIKE 'toast value %') AS structure,
                (array_agg('(' || concat_ws(',', blkno, offnum) || ') ' || msg))[1:${mostTold}] AS first
           FROM ${amcheck.schema}.verify_heapam($1::oid::regclass, on_error_stop => false, check_toast => true)`,
        [oid],
      )
      const { count = 0, structure = false, first = [] } = rows[0] ?? {}
      if (structure) damaged.add(oid)
      if (count === 0) findings.sound()
      else {
        const more = count > mostTold ? ` and ${count - mostTold} more` : ''
        findings.damaged(`${about}: ${(first ?? []).join(', ')}${more}`)
      }
    } catch (error) {
      signal.throwIfAborted()
      findings.failed(about, error)
    }
  }
  return damaged
}
