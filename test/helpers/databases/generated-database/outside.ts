import { body, type Draft } from './draft'
import { literal } from './names'

/** What is beside tables: replication, other servers, text search, large objects, event triggers. */
export function drawOutside(draft: Draft): void {
  for (const draw of draft.some(outside, 5)) draw(draft)
}

const outside: ((draft: Draft) => void)[] = [
  (draft) => {
    const logged = draft.tables.slice(0, 2)
    const [publication, subscription] = [draft.names.fresh(), draft.names.fresh()]
    const [schema = 'public'] = draft.schemas
    const what = draft.random.pick(['FOR ALL TABLES', `FOR TABLES IN SCHEMA ${schema}`, ''])
    draft.add(
      `CREATE PUBLICATION ${publication} ${what} WITH (publish = 'insert, truncate', publish_via_partition_root)`,
    )
    const table = draft.inSchema()
    draft.add(
      `CREATE TABLE ${table} (id integer PRIMARY KEY, b text)`,
      `CREATE PUBLICATION ${draft.names.fresh()} FOR TABLE ${table} (id, b) WHERE (id > 10)`,
      `CREATE SUBSCRIPTION ${subscription} CONNECTION 'host=nowhere.invalid password=sec''ret' PUBLICATION ${publication}, "Other" WITH (connect = false, slot_name = NONE, binary = true)`,
      `COMMENT ON PUBLICATION ${publication} IS ${literal(`${logged.length} tables`)}`,
      `ALTER PUBLICATION ${publication} OWNER TO postgres`,
    )
  },
  (draft) => {
    const [wrapper, server, table] = [draft.names.fresh(), draft.names.fresh(), draft.inSchema()]
    draft.add(
      `CREATE FOREIGN DATA WRAPPER ${wrapper} OPTIONS (debug 'it''s \\ odd')`,
      `CREATE SERVER ${server} TYPE 'kind' VERSION '1' FOREIGN DATA WRAPPER ${wrapper} OPTIONS (host ${literal(draft.names.raw())})`,
      `CREATE USER MAPPING FOR ${draft.random.pick(draft.roles)} SERVER ${server} OPTIONS (user 'u', password 'p ''w')`,
      `CREATE USER MAPPING FOR PUBLIC SERVER ${server}`,
      `CREATE FOREIGN TABLE ${table} (id integer OPTIONS (name 'ID') NOT NULL, body text DEFAULT 'x', CHECK (id > 0)) SERVER ${server} OPTIONS (path '/a b')`,
      `GRANT USAGE ON FOREIGN SERVER ${server} TO ${draft.random.pick(draft.roles)}`,
      `COMMENT ON FOREIGN TABLE ${table} IS 'foreign'`,
    )
    draft.last.push(`ALTER FOREIGN DATA WRAPPER ${wrapper} OWNER TO postgres`)
  },
  (draft) => {
    const [dictionary, configuration, table] = [draft.inSchema(), draft.inSchema(), draft.inSchema()]
    draft.add(
      `CREATE TEXT SEARCH DICTIONARY ${dictionary} (TEMPLATE = snowball, Language = english, StopWords = english)`,
      `CREATE TEXT SEARCH CONFIGURATION ${configuration} (COPY = pg_catalog.simple)`,
      `ALTER TEXT SEARCH CONFIGURATION ${configuration} ALTER MAPPING FOR asciiword, word WITH ${dictionary}, simple`,
      `CREATE TABLE ${table} (t text, v tsvector GENERATED ALWAYS AS (to_tsvector(${literal(configuration)}::regconfig, t)) STORED)`,
      `INSERT INTO ${table} VALUES ('running cats run')`,
      `CREATE INDEX ON ${table} USING gin (v)`,
      `CREATE INDEX ON ${table} USING gist (v tsvector_ops (siglen = 64))`,
      `CREATE TEXT SEARCH PARSER ${draft.inSchema()} (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype)`,
      `COMMENT ON TEXT SEARCH CONFIGURATION ${configuration} IS 'words'`,
    )
  },
  (draft) => {
    const first = 700_000 + draft.random.below(100_000)
    draft.add(
      `SELECT lo_from_bytea(${first}, decode(repeat('c0ffee5c', 900), 'hex'))`,
      `SELECT lo_from_bytea(${first + 1}, '')`,
      `ALTER LARGE OBJECT ${first} OWNER TO ${draft.random.pick(draft.roles)}`,
      `GRANT SELECT ON LARGE OBJECT ${first} TO PUBLIC`,
      `COMMENT ON LARGE OBJECT ${first + 1} IS 'it''s empty'`,
    )
  },
  (draft) => {
    // Whatever is changed is refused or written down: a restore is neither.
    const [log, note, refuse] = [draft.inSchema(), draft.inSchema(), draft.inSchema()]
    const [first, second] = [draft.names.fresh(), draft.names.fresh()]
    draft.last.push(
      `CREATE TABLE ${log} (tag text)`,
      `CREATE FUNCTION ${note}() RETURNS event_trigger LANGUAGE plpgsql AS ${body(`BEGIN INSERT INTO ${log} VALUES (tg_tag); END`)}`,
      `CREATE FUNCTION ${refuse}() RETURNS event_trigger LANGUAGE plpgsql AS ${body(`BEGIN RAISE EXCEPTION 'an event trigger acted'; END`)}`,
      `CREATE EVENT TRIGGER ${second} ON sql_drop WHEN TAG IN ('DROP TABLE', 'DROP VIEW') EXECUTE FUNCTION ${refuse}()`,
      `CREATE EVENT TRIGGER ${first} ON ddl_command_end EXECUTE FUNCTION ${note}()`,
    )
    if (draft.oneIn(2))
      draft.last.push(`ALTER EVENT TRIGGER ${second} ${draft.random.pick(['DISABLE', 'ENABLE ALWAYS'])}`)
  },
  (draft) => {
    const table = draft.inSchema()
    draft.add(
      `CREATE TABLE ${table} (id integer, at timestamptz, span interval, amount money, f float8, b bytea, x text)`,
      `INSERT INTO ${table} VALUES (1, '2024-06-01 12:34:56+00', '-1 mon +3 days -04:05:06', 1234.5::numeric::money, 0.1::float8 + 0.2, '\\x00ff')`,
      // What the database's own settings make of it.
      `UPDATE ${table} SET x = at::text || span::text || amount::text || f::text || b::text || at::date::text`,
      `ALTER TABLE ${table} ADD CONSTRAINT ${draft.names.fresh()} CHECK (x = at::text || span::text || amount::text || f::text || b::text || at::date::text)`,
      `CREATE MATERIALIZED VIEW ${draft.inSchema()} AS SELECT at::text, span::text, amount::text, f::text, b::text, to_char(amount::numeric, 'L9G999D99') FROM ${table}`,
    )
  },
]
