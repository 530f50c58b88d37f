import { body, type Draft } from './draft'

/** What no plain tool restores as it is: the product has to say so, with the name of what stands in the way. */
export function drawTrap(draft: Draft): void {
  draft.random.pick(traps)(draft)
}

const traps: ((draft: Draft) => void)[] = [
  (draft) => {
    const [parent, child] = [draft.inSchema(), draft.inSchema()]
    draft.add(
      `CREATE TABLE ${parent} (id integer PRIMARY KEY)`,
      `CREATE TABLE ${child} (id integer REFERENCES ${parent})`,
      `SET session_replication_role = replica`,
      `INSERT INTO ${child} VALUES (999)`,
      `SET session_replication_role = origin`,
    )
  },
  (draft) => {
    // The function is found by the path of the role that made the index.
    const schema = draft.random.pick(draft.schemas)
    const [inner, outer, table] = [draft.names.fresh(), draft.inSchema(), draft.inSchema()]
    draft.add(
      `SET search_path = ${schema}`,
      `CREATE FUNCTION ${inner}(i integer) RETURNS integer LANGUAGE sql IMMUTABLE AS ${body('SELECT i')}`,
      `CREATE FUNCTION ${outer}(i integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS ${body(`BEGIN RETURN ${inner}(i); END`)}`,
      `CREATE TABLE ${table} (i integer)`,
      `INSERT INTO ${table} VALUES (1)`,
      // From 17 on a server does not make such an index itself.
      ...(draft.major < 17 ? [`CREATE INDEX ON ${table} (${outer}(i))`] : []),
      'RESET search_path',
    )
  },
  (draft) => {
    // A constraint that asks another table, which has its rows later.
    const [asked, call, table] = [draft.inSchema(), draft.inSchema(), draft.inSchema()]
    draft.add(
      `CREATE TABLE ${asked} (id integer)`,
      `INSERT INTO ${asked} VALUES (1)`,
      `CREATE FUNCTION ${call}(i integer) RETURNS boolean LANGUAGE sql AS ${body(`SELECT EXISTS (SELECT FROM ${asked} a WHERE a.id = i)`)}`,
      `CREATE TABLE ${table} (i integer CHECK (${call}(i)))`,
      `INSERT INTO ${table} VALUES (1)`,
      `DELETE FROM ${asked}`,
    )
  },
  (draft) => {
    // Its handler belongs to another extension, so a dump takes the language for an extension, too.
    const name = draft.names.fresh()
    draft.add(
      `CREATE LANGUAGE ${name} HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler`,
      `CREATE FUNCTION ${draft.inSchema()}() RETURNS integer LANGUAGE ${name} AS ${body('BEGIN RETURN 1; END')}`,
    )
  },
  (draft) => {
    const [index, table, watched] = [draft.names.fresh(), draft.inSchema(), draft.inSchema()]
    draft.add(
      `CREATE TABLE ${table} (i integer)`,
      `CREATE INDEX ${index} ON ${table} (i)`,
      `CREATE TABLE ${watched} (r regclass)`,
      `INSERT INTO ${watched} SELECT indexrelid FROM pg_index WHERE indrelid = '${table.replaceAll("'", "''")}'::regclass`,
    )
  },
  (draft) => {
    // Filled by a function that names its table without a schema.
    // From 17 on a server does not fill it itself.
    if (draft.major > 16) return
    const schema = draft.random.pick(draft.schemas)
    const [table, call] = [draft.names.fresh(), draft.inSchema()]
    draft.add(
      `CREATE TABLE ${schema}.${table} (i integer)`,
      `SET search_path = ${schema}`,
      `CREATE FUNCTION ${call}() RETURNS bigint LANGUAGE plpgsql STABLE AS ${body(`BEGIN RETURN (SELECT count(*) FROM ${table}); END`)}`,
      `CREATE MATERIALIZED VIEW ${draft.inSchema()} AS SELECT ${call}() AS n`,
      'RESET search_path',
    )
  },
]
