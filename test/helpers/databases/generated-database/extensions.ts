import { type Draft } from './draft'
import { literal } from './names'

/** Extensions that Debian has, with columns and indexes of their types. */
export function drawExtensions(draft: Draft): void {
  for (const draw of draft.some(extensions, 3)) draw(draft)
}

type Draw = (draft: Draft) => void

/** An extension with a table of its types, rows, and indexes of its operator classes. */
function withTable(
  name: string,
  columns: string[],
  rows: string[],
  indexes: string[] = [],
  before: string[] = [],
): Draw {
  return (draft) => {
    const schema = draft.oneIn(2) ? 'public' : draft.random.pick(draft.schemas)
    for (const needed of before) draft.add(`CREATE EXTENSION IF NOT EXISTS ${needed} SCHEMA public`)
    draft.add(`CREATE EXTENSION IF NOT EXISTS ${literalName(name)} SCHEMA ${schema}`)
    const table = draft.inSchema()
    // The types are found by the path; the dump names them by their schema, wherever that is.
    draft.add(`SET search_path = ${schema}, public`)
    draft.add(`CREATE TABLE ${table} (${columns.join(', ')})`)
    for (const row of rows) draft.add(`INSERT INTO ${table} VALUES (${row})`)
    for (const index of indexes) draft.add(`CREATE INDEX ${draft.names.fresh()} ON ${table} ${index}`)
    if (draft.oneIn(2)) draft.add(`CREATE MATERIALIZED VIEW ${draft.inSchema()} AS SELECT * FROM ${table}`)
    draft.add('RESET search_path')
    if (draft.oneIn(4)) draft.add(`COMMENT ON EXTENSION ${literalName(name)} IS 'ours'`)
  }
}

const literalName = (name: string) => `"${name}"`

const alone = (name: string): Draw => withTable(name, ['id integer'], ['1'])

const extensions: Draw[] = [
  withTable(
    'hstore',
    ['h hstore', 'a hstore[]'],
    [`'a=>1, "b c"=>NULL'`, `'', '{}'`],
    ['USING gin (h)', 'USING gist (h)'],
  ),
  withTable('ltree', ['p ltree', 'q lquery'], [`'Top.Science', '*.b|c.*'`, `''`], ['USING gist (p)', '(p)']),
  withTable('citext', ['c citext UNIQUE', 'd citext[]'], [`'ABC', '{x,Y}'`, `'def'`], ["((c || 'x'))"]),
  withTable(
    'pg_trgm',
    ['t text'],
    [`'similar words'`],
    ['USING gin (t gin_trgm_ops)', 'USING gist (t gist_trgm_ops (siglen = 32))'],
  ),
  withTable(
    'intarray',
    ['a integer[]', 'q query_int'],
    [`'{3,1,2}', '1&(2|!3)'`],
    ['USING gist (a gist__int_ops)', 'USING gin (a gin__int_ops)'],
  ),
  withTable(
    'btree_gist',
    ['room integer', 'during tstzrange', 'EXCLUDE USING gist (room WITH =, during WITH &&)'],
    [`1, '[2024-01-01 00:00+00, 2024-01-02 00:00+00)'`, `2, '(,)'`],
  ),
  withTable('btree_gin', ['a integer', 't text'], [`1, 'x'`], ['USING gin (a, t)']),
  withTable('uuid-ossp', ['u uuid DEFAULT uuid_generate_v4()'], [`'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'`]),
  withTable(
    'pgcrypto',
    ['b bytea', `d text GENERATED ALWAYS AS (encode(digest('x', 'sha256'), 'hex')) STORED`],
    [`'\\x01'`],
  ),
  withTable('cube', ['c cube'], [`'(0,0),(1,1)'`, `'(1,2,3)'`], ['USING gist (c)']),
  withTable('earthdistance', ['e earth'], ['ll_to_earth(52.5, 13.4)'], ['USING gist (e)'], ['cube']),
  withTable('isn', ['i isbn13', 'e ean13'], [`'978-0-393-04002-9', '4012345678901'`], ['(i)']),
  withTable('seg', ['s seg'], [`'1.0 .. 2.50'`, `'~5'`], ['USING gist (s)']),
  withTable('lo', ['id integer', 'o lo'], ['1, 12345']),
  withTable('unaccent', ['t text'], [`'a'`], []),
  withTable('tablefunc', ['t text'], [`'a'`]),
  withTable('fuzzystrmatch', ['t text'], [`'a'`], ['(soundex(t))']),
  withTable('dict_int', ['t text'], [`'a'`]),
  withTable('bloom', ['a integer', 'b integer'], ['1, 2'], ['USING bloom (a, b) WITH (length = 80)']),
  alone('pgstattuple'),
  alone('pg_buffercache'),
  alone('pg_stat_statements'),
  alone('pgrowlocks'),
  alone('xml2'),
  alone('amcheck'),
  alone('dblink'),
  (draft) => {
    draft.add(
      'CREATE EXTENSION pgaudit SCHEMA public',
      `ALTER DATABASE ${draft.database} SET pgaudit.log = 'ddl, role'`,
    )
  },
  (draft) => draft.add('CREATE EXTENSION pg_repack SCHEMA public'),
  (draft) => {
    const [server, table] = [draft.names.fresh(), draft.inSchema()]
    draft.add(
      'CREATE EXTENSION postgres_fdw SCHEMA public',
      `CREATE SERVER ${server} FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'nowhere.invalid', dbname 'x', fetch_size '7')`,
      `CREATE FOREIGN TABLE ${table} (id integer OPTIONS (column_name 'ID')) SERVER ${server} OPTIONS (schema_name 's', table_name 't')`,
      `CREATE USER MAPPING FOR CURRENT_USER SERVER ${server} OPTIONS (user 'u', password 'p')`,
      `CREATE VIEW ${draft.inSchema()} AS SELECT * FROM ${table}`,
    )
  },
  (draft) => {
    const server = draft.names.fresh()
    draft.add(
      'CREATE EXTENSION file_fdw SCHEMA public',
      `CREATE SERVER ${server} FOREIGN DATA WRAPPER file_fdw`,
      `CREATE FOREIGN TABLE ${draft.inSchema()} (line text) SERVER ${server} OPTIONS (filename '/nowhere/at all', format 'csv', header 'true')`,
    )
  },
  (draft) => {
    // Its configuration holds rows that are the database's own.
    draft.add(
      'CREATE SCHEMA partman',
      'CREATE EXTENSION pg_partman SCHEMA partman',
      'CREATE SCHEMA parts',
      `CREATE TABLE parts.measured (id bigint NOT NULL, at timestamptz NOT NULL, body text) PARTITION BY RANGE (at)`,
      `SELECT partman.create_parent('parts.measured', 'at', ${draft.major < 17 ? `'native', 'monthly'` : `'1 month', 'range'`}, p_start_partition := '2024-01-01')`,
      `INSERT INTO parts.measured VALUES (1, '2024-01-15', 'a'), (2, '2024-02-15', 'b')`,
      `COMMENT ON TABLE parts.measured IS ${literal(draft.names.raw())}`,
    )
  },
  (draft) => {
    // The servers of 17 come without it.
    if (draft.major > 15) return
    const table = draft.inSchema()
    draft.add(
      'CREATE EXTENSION postgis SCHEMA public',
      `CREATE TABLE ${table} (id integer PRIMARY KEY, g public.geometry(Point, 4326), a public.geography, b public.box2d)`,
      `INSERT INTO ${table} VALUES (1, 'SRID=4326;POINT(13.4 52.5)', 'POINT(1 2)', 'BOX(0 0,1 1)'), (2, 'SRID=4326;POINT EMPTY', NULL, NULL)`,
      `CREATE INDEX ON ${table} USING gist (g)`,
      `CREATE INDEX ON ${table} USING gist (a)`,
      `INSERT INTO public.spatial_ref_sys (srid, auth_name, auth_srid, srtext, proj4text) VALUES (990001, 'own', 1, 'LOCAL_CS["own"]', '')`,
      `CREATE MATERIALIZED VIEW ${draft.inSchema()} AS SELECT public.st_astext(g) AS text FROM ${table}`,
    )
  },
]
