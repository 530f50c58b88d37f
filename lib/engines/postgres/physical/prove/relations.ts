import type { ClientBase } from 'pg'

/** Relations below were made by initdb: catalogs, information_schema and what belongs to them. */
const firstNormalOid = 16_384

/** Something with a file of its own. */
export interface Relation {
  oid: string
  /** With its schema, quoted where needed. */
  name: string
  kind: 'r' | 'm' | 't' | 'i' | 'S'
  /** Of PostgreSQL's own, whose rows describe the database; large objects are data. */
  isCatalog: boolean
  /** Its rows are kept by PostgreSQL's own heap. */
  isHeap: boolean
}

/** Of sessions that are over, temporary ones may be listed still; a base backup holds nothing of them. */
export async function readRelations(client: ClientBase): Promise<Relation[]> {
  const { rows } = await client.query<Relation>(
    `SELECT c.oid::text AS oid, c.oid::regclass::text AS name, c.relkind::text AS kind,
            coalesce(t.oid, c.oid) < ${firstNormalOid} AND coalesce(t.oid, c.oid) <> 'pg_largeobject'::regclass AS "isCatalog",
            coalesce(a.amname = 'heap', false) AS "isHeap"
       FROM pg_class c LEFT JOIN pg_am a ON a.oid = c.relam
       LEFT JOIN pg_class t ON t.reltoastrelid = c.oid AND c.relkind = 't'
      WHERE c.relkind IN ('r', 'm', 't', 'i', 'S') AND c.relpersistence <> 't'
        AND pg_relation_filenode(c.oid) IS NOT NULL
      ORDER BY c.oid`,
  )
  return rows
}
