import type { ClientBase } from 'pg'
import { errorText } from '@/lib/engines/postgres/classify-error'
import type { Findings } from './findings'
import { addExtension } from '@/lib/engines/postgres/sandbox/add-extension'
import type { Relation } from './relations'
import { checkShortened } from './shortened'

const atOnce = 200

interface FileState {
  oid: string
  path: string
  /** Of the first file; null: there is none. */
  bytes: string | null
  /** Why the files cannot be all of it, in words; null where nothing is to be seen. */
  trouble: string | null
  /** Pages, and how many there were when its statistics were last taken. */
  pages: string
  knownPages: string
}

/** Every relation has its file, in whole pages, with no segment missing between two others, and its first and last page can be read. */
export async function checkPresence(
  client: ClientBase,
  { database, relations, serverMajor }: { database: string; relations: Relation[]; serverMajor: number },
  findings: Findings,
  signal: AbortSignal,
): Promise<void> {
  const known = new Map(relations.map((relation) => [relation.oid, relation]))
  const nameOf = (oid: string) => `${known.get(oid)?.name ?? oid} in ${database}`
  const present: string[] = []
  for (const file of await readFiles(client)) {
    const relation = known.get(file.oid)
    const name = nameOf(file.oid)
    if (!relation) continue
    if (file.bytes === null) findings.damaged(`${name}: its file ${file.path} is missing`)
    else if (file.trouble !== null) findings.damaged(`${name}: ${file.trouble}`)
    else if (Number(file.knownPages) > Number(file.pages))
      await checkShortened(client, { relation, ...file, name }, findings)
    else present.push(file.oid)
  }
  const prewarm = await addExtension(client, 'pg_prewarm').catch((error: unknown) => errorText(error))
  if (typeof prewarm === 'string') {
    const lack = `the extension pg_prewarm, which reads single pages, is not available (${prewarm}). On Debian it is in postgresql-${serverMajor}, on Red Hat in postgresql${serverMajor}-contrib`
    return findings.open(`${database}: ${lack}`)
  }
  const read = (oids: string[]) => client.query(readEnds(prewarm.schema), [oids])
  for (let at = 0; at < present.length; at += atOnce) {
    signal.throwIfAborted()
    const some = present.slice(at, at + atOnce)
    const isFine = await read(some).then(
      () => true,
      () => false,
    )
    if (isFine) findings.sound(some.length)
    else
      for (const oid of some)
        await read([oid]).then(
          () => findings.sound(),
          (error: unknown) => findings.failed(nameOf(oid), error),
        )
  }
}

/** A page that is read is checked by its checksum, where there are any, and by its header. */
const readEnds = (schema: string) =>
  `SELECT ${schema}.pg_prewarm(oid::regclass, 'buffer', 'main', block, block)
     FROM (SELECT oid, pg_relation_size(oid::regclass, 'main') / current_setting('block_size')::int8 AS blocks
             FROM unnest($1::oid[]) AS oid) AS sizes,
          LATERAL (SELECT DISTINCT block FROM unnest(ARRAY[0, blocks - 1]) AS block) AS ends
    WHERE blocks > 0`

/** Folders are listed once, so that a hundred thousand relations are one statement. */
async function readFiles(client: ClientBase): Promise<FileState[]> {
  const { rows } = await client.query<FileState>(`
    WITH sizes AS (SELECT current_setting('block_size')::int8 AS page,
                          pg_size_bytes(current_setting('segment_size')) AS segment),
    relation AS (
      SELECT c.oid, pg_relation_filepath(c.oid) AS path, c.relkind,
             -- What is not logged is empty after every recovery.
             CASE WHEN c.relpersistence = 'u' THEN 0 ELSE c.relpages END AS relpages
        FROM pg_class c
       WHERE c.relkind IN ('r', 'm', 't', 'i', 'S') AND c.relpersistence <> 't'
         AND pg_relation_filenode(c.oid) IS NOT NULL),
    folder AS (SELECT DISTINCT regexp_replace(path, '/[^/]*$', '') AS path FROM relation),
    file AS (
      SELECT folder.path || '/' || split_part(name, '.', 1) AS path,
             coalesce(nullif(split_part(name, '.', 2), ''), '0')::int8 AS number,
             (pg_stat_file(folder.path || '/' || name, true)).size AS bytes
        FROM folder, pg_ls_dir(folder.path, true, false) AS name
       WHERE name ~ '^\\d+(\\.\\d+)?$'),
    files AS (
      SELECT path, sum(bytes) AS bytes, max(bytes) FILTER (WHERE number = 0) AS first,
             bool_or(bytes % page <> 0) AS torn,
             count(*) FILTER (WHERE bytes > 0) AS filled, max(number) FILTER (WHERE bytes > 0) AS last,
             count(*) FILTER (WHERE bytes >= segment) AS whole
        FROM file, sizes GROUP BY path)
    SELECT oid::text AS oid, path, first::text AS bytes, div(coalesce(bytes, 0), page)::text AS pages,
           relpages::text AS "knownPages",
           CASE WHEN torn THEN 'its file ' || path || ' ends within a page'
                WHEN filled <> coalesce(last, -1) + 1 THEN 'a segment of its file ' || path || ' is missing'
                WHEN whole < last THEN 'a segment of its file ' || path || ' that others follow is cut short'
                WHEN bytes = 0 AND (relkind = 'S' OR EXISTS (SELECT FROM pg_index WHERE indexrelid = oid AND indisvalid)) THEN 'its file ' || path || ' is empty'
            END AS trouble
      FROM relation LEFT JOIN files USING (path), sizes
     ORDER BY oid`)
  return rows
}
