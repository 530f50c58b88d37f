import { body, type Draft, type Table } from './draft'

/** Functions, triggers, rules, operators, casts and aggregates. */
export function drawPrograms(draft: Draft): void {
  for (const draw of draft.some(programs, 7)) draw(draft)
  for (const table of draft.tables) for (const draw of draft.some(onTables, 2)) draw(draft, table)
}

const programs: ((draft: Draft) => void)[] = [
  (draft) => {
    // Used by an index and by a generated column, and safe for that: it names everything by its schema.
    const [inner, outer, table] = [draft.inSchema(), draft.inSchema(), draft.inSchema()]
    draft.add(
      `CREATE FUNCTION ${inner}(t text) RETURNS text LANGUAGE sql IMMUTABLE AS ${body('SELECT upper(t)')}`,
      `CREATE FUNCTION ${outer}(t text) RETURNS text LANGUAGE sql IMMUTABLE AS ${body(`SELECT ${inner}(t) || '!'`)}`,
      `CREATE TABLE ${table} (a text, b text GENERATED ALWAYS AS (${outer}(a)) STORED)`,
      `INSERT INTO ${table} VALUES ('x'), (NULL)`,
      `CREATE UNIQUE INDEX ON ${table} (${outer}(a))`,
    )
  },
  (draft) => {
    // By its own search path.
    const schema = draft.random.pick(draft.schemas)
    const [inner, outer, table] = [draft.names.fresh(), draft.inSchema(), draft.inSchema()]
    draft.add(
      `CREATE FUNCTION ${schema}.${inner}(i integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS ${body('BEGIN RETURN i * 2; END')}`,
      `CREATE FUNCTION ${outer}(i integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE SET search_path = ${schema}, pg_temp AS ${body(`BEGIN RETURN ${inner}(i); END`)}`,
      `CREATE TABLE ${table} (i integer CHECK (${outer}(i) > 0))`,
      `INSERT INTO ${table} VALUES (1), (2)`,
      `CREATE INDEX ON ${table} (${outer}(i))`,
    )
  },
  (draft) => {
    const name = draft.inSchema()
    draft.add(
      `CREATE FUNCTION ${name}(a integer, VARIADIC b text[] DEFAULT '{x}', OUT c integer, OUT "D" text) RETURNS SETOF record LANGUAGE sql ROWS 7 COST 3 PARALLEL RESTRICTED AS ${body(`SELECT 1, 'x'`)}`,
      `COMMENT ON FUNCTION ${name}(integer, text[]) IS E'it''s \\\\'`,
      `REVOKE ALL ON FUNCTION ${name}(integer, text[]) FROM PUBLIC`,
    )
  },
  (draft) => {
    // A body that the server has read: it depends on what it names.
    const table = draft.tables[0]
    if (!table) return
    draft.add(
      `CREATE FUNCTION ${draft.inSchema()}() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(${table.key}) FROM ${table.name}; END`,
      `CREATE PROCEDURE ${draft.inSchema()}(INOUT a integer) LANGUAGE plpgsql SECURITY DEFINER SET work_mem = '1MB' SET datestyle FROM CURRENT AS ${body(`BEGIN DELETE FROM ${table.name}; COMMIT; END`)}`,
    )
  },
  (draft) => {
    const [state, aggregate] = [draft.inSchema(), draft.inSchema()]
    draft.add(
      `CREATE FUNCTION ${state}(numeric, integer) RETURNS numeric LANGUAGE sql IMMUTABLE AS ${body('SELECT $1 + coalesce($2, 0)')}`,
      `CREATE AGGREGATE ${aggregate}(integer) (SFUNC = ${state}, STYPE = numeric, INITCOND = '0', PARALLEL = SAFE)`,
      `COMMENT ON AGGREGATE ${aggregate}(integer) IS 'sum'`,
    )
  },
  (draft) => {
    const schema = draft.random.pick(draft.schemas)
    const compare = draft.inSchema()
    const [family, operatorClass, table] = [draft.inSchema(), draft.inSchema(), draft.inSchema()]
    draft.add(
      `CREATE FUNCTION ${compare}(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT AS ${body('SELECT CASE WHEN $1 = $2 THEN 0 WHEN $1 % 10 < $2 % 10 THEN -1 ELSE 1 END')}`,
      `CREATE OPERATOR ${schema}.<=> (LEFTARG = integer, RIGHTARG = integer, FUNCTION = ${compare})`,
      `CREATE OPERATOR FAMILY ${family} USING btree`,
      `CREATE OPERATOR CLASS ${operatorClass} FOR TYPE integer USING btree FAMILY ${family} AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(integer, integer)`,
      `ALTER OPERATOR FAMILY ${family} USING btree ADD OPERATOR 1 < (integer, bigint), OPERATOR 3 = (integer, bigint), FUNCTION 1 btint48cmp(integer, bigint)`,
      `CREATE TABLE ${table} (i integer)`,
      `INSERT INTO ${table} VALUES (3), (1), (2)`,
      `CREATE INDEX ON ${table} (i ${operatorClass} DESC)`,
      `CREATE VIEW ${draft.inSchema()} AS SELECT i OPERATOR(${schema}.<=>) 3 AS c FROM ${table}`,
    )
  },
  (draft) => {
    const [type, to] = [draft.inSchema(), draft.inSchema()]
    draft.add(
      `CREATE TYPE ${type} AS (a integer)`,
      `CREATE FUNCTION ${to}(${type}) RETURNS integer LANGUAGE sql IMMUTABLE AS ${body('SELECT $1.a')}`,
      `CREATE CAST (${type} AS integer) WITH FUNCTION ${to}(${type}) AS ASSIGNMENT`,
      `CREATE CAST (integer AS ${type}) WITH INOUT`,
      `COMMENT ON CAST (${type} AS integer) IS 'a cast'`,
    )
  },
  (draft) => {
    // Functions that need each other, the default of a column, and a domain that asks one.
    const [one, two, domain, table] = [draft.inSchema(), draft.inSchema(), draft.inSchema(), draft.inSchema()]
    draft.add(
      `CREATE FUNCTION ${one}(i integer) RETURNS integer LANGUAGE plpgsql AS ${body(`BEGIN RETURN CASE WHEN i > 0 THEN ${two}(i - 1) ELSE 7 END; END`)}`,
      `CREATE FUNCTION ${two}(i integer DEFAULT 3) RETURNS integer LANGUAGE plpgsql AS ${body(`BEGIN RETURN ${one}(i - 1); END`)}`,
      `CREATE DOMAIN ${domain} AS integer DEFAULT ${one}(2) CHECK (${one}(0) = 7 AND VALUE <> 9)`,
      `CREATE TABLE ${table} (a ${domain}, b integer DEFAULT ${two}())`,
      `INSERT INTO ${table} DEFAULT VALUES`,
      `INSERT INTO ${table} VALUES (1, 2)`,
    )
  },
  (draft) => draft.add(`CREATE CONVERSION ${draft.inSchema()} FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8`),
  (draft) => {
    const [name, handler] = [draft.names.fresh(), draft.inSchema()]
    draft.add(
      `CREATE FUNCTION ${handler}() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler'`,
      `CREATE TRUSTED LANGUAGE ${name} HANDLER ${handler}`,
    )
    draft.add(
      `CREATE FUNCTION ${draft.inSchema()}() RETURNS integer LANGUAGE ${name} AS ${body('BEGIN RETURN 1; END')}`,
    )
    if (draft.oneIn(2)) draft.add(`REVOKE USAGE ON LANGUAGE ${name} FROM PUBLIC`)
  },
]

/** A trigger must not act while rows are loaded, or it would stop the restore. */
const refusing = body(`BEGIN RAISE EXCEPTION 'a trigger acted'; END`)

const onTables: ((draft: Draft, table: Table) => void)[] = [
  (draft, { name, key }) => {
    const call = draft.inSchema()
    draft.add(`CREATE FUNCTION ${call}() RETURNS trigger LANGUAGE plpgsql AS ${refusing}`)
    const [before, always, off] = [draft.names.fresh(), draft.names.fresh(), draft.names.fresh()]
    draft.add(
      `CREATE TRIGGER ${before} BEFORE INSERT OR UPDATE OF ${key} ON ${name} FOR EACH ROW WHEN (NEW.${key} > 0) EXECUTE FUNCTION ${call}('an ''argument''', E'\\\\')`,
      `CREATE TRIGGER ${always} AFTER INSERT ON ${name} REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ${call}()`,
      `CREATE CONSTRAINT TRIGGER ${off} AFTER INSERT ON ${name} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ${call}()`,
    )
    draft.last.push(
      `ALTER TABLE ${name} ENABLE ${draft.random.pick(['ALWAYS', 'REPLICA'])} TRIGGER ${always}`,
      `ALTER TABLE ${name} DISABLE TRIGGER ${off}`,
    )
    if (draft.oneIn(3)) draft.add(`COMMENT ON TRIGGER ${before} ON ${name} IS 'refuses'`)
  },
  (draft, { name, key }) => {
    const rule = draft.names.fresh()
    draft.last.push(
      `CREATE RULE ${rule} AS ON INSERT TO ${name} WHERE NEW.${key} = 99 DO INSTEAD NOTHING`,
      `CREATE RULE ${draft.names.fresh()} AS ON DELETE TO ${name} DO ALSO NOTIFY changed`,
    )
    if (draft.oneIn(2)) draft.last.push(`ALTER TABLE ${name} DISABLE RULE ${rule}`)
  },
]
