import type { ClientBase } from 'pg'
import { addExtension } from '@/lib/engines/postgres/sandbox/add-extension'
import type { Findings } from './findings'
import type { Relation } from './relations'

interface Shortened {
  relation: Relation
  name: string
  pages: string
  knownPages: string
}

/**
 * A relation with fewer pages than its statistics know of. VACUUM shortens a table and notes that a moment later, and statistics can be
 * imported: neither is damage. What points to the pages that are gone decides it.
 */
export async function checkShortened(client: ClientBase, shortened: Shortened, findings: Findings): Promise<void> {
  const { relation, name, pages, knownPages } = shortened
  const about = `${name}: it has ${pages} pages, and had ${knownPages} when its statistics were last taken`
  try {
    if (await leadsAnywhere(client, relation)) findings.sound()
    else findings.open(`${about}, and nothing tells which is right. ANALYZE it in the source, and test again`)
  } catch (error) {
    findings.failed(about, error)
  }
}

/** False: there is nothing to follow. Rejects with what the server says of a page that is not there. */
async function leadsAnywhere(client: ClientBase, { oid, name, kind }: Relation): Promise<boolean> {
  if (kind === 'i') {
    const { rows } = await client.query(
      `SELECT FROM pg_class c JOIN pg_am a ON a.oid = c.relam WHERE c.oid = $1 AND a.amname = 'btree'`,
      [oid],
    )
    if (rows.length === 0) return false
    const { schema } = await addExtension(client, 'amcheck')
    await client.query(`SELECT ${schema}.bt_index_check($1::oid::regclass)`, [oid])
    return true
  }
  const column = await orderedColumn(client, oid)
  if (column === undefined) return false
  await client.query('BEGIN')
  try {
    for (const way of ['seqscan', 'sort', 'indexonlyscan', 'bitmapscan'])
      await client.query(`SET LOCAL enable_${way} = off`)
    const query = `SELECT count(place) FROM (SELECT ctid AS place FROM ONLY ${name} ORDER BY ${column}) AS rows`
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${query}`)
    if (!rows.some((row) => row['QUERY PLAN'].includes('Index Scan'))) return false
    await client.query(query)
    return true
  } finally {
    await client.query('ROLLBACK').catch(() => undefined)
  }
}

/** The first column of an index with a place for every row, in the order that a plain ORDER BY asks for. */
async function orderedColumn(client: ClientBase, oid: string): Promise<string | undefined> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT quote_ident(c.attname) AS name
       FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am a ON a.oid = x.relam
       JOIN pg_attribute c ON c.attrelid = i.indrelid AND c.attnum = i.indkey[0]
       JOIN pg_opclass o ON o.oid = i.indclass[0]
      WHERE i.indrelid = $1 AND a.amname = 'btree' AND i.indisvalid AND i.indpred IS NULL AND o.opcdefault
        AND i.indcollation[0] IN (0, c.attcollation) AND i.indoption[0] IN (0, 3)
      LIMIT 1`,
    [oid],
  )
  return rows[0]?.name
}
