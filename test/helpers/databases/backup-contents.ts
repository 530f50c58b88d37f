/** Where something is kept: with the database, in the script of roles, or not at all. */
export type Kept = 'database' | 'roles' | 'no'

/** One kind of thing that a server has, how it is made, and how it is seen in the database. */
export interface Content {
  kind: string
  kept: Kept
  /** For the page, behind the kind. */
  note?: string
  make: string
  /** One column of text or numbers; the same rows after a restore when it is kept. */
  look: string
}

const of = (kept: Kept) => (kind: string, make: string, look: string, note?: string) => ({
  kind,
  kept,
  make,
  look,
  ...(note ? { note } : {}),
})
const kept = of('database')
const roles = of('roles')
const left = of('no')
const definition = (name: string) => `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '${name}'`

/** What a backup of a PostgreSQL database contains and what it does not, thing by thing. */
export const contents: Content[] = [
  kept(
    'Tables with their rows, partitioned, inherited and unlogged ones too',
    `CREATE TABLE t (id int PRIMARY KEY, body text) WITH (fillfactor = 70);
     INSERT INTO t SELECT i, 'row ' || i FROM generate_series(1, 50) i;
     CREATE UNLOGGED TABLE u AS SELECT 1 AS id;
     CREATE TABLE p (at date, n int) PARTITION BY RANGE (at);
     CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
     INSERT INTO p VALUES ('2026-05-05', 5); CREATE TABLE c (more int) INHERITS (t); INSERT INTO c VALUES (51, 'c', 1)`,
    `SELECT tableoid::regclass || ' ' || t.id || body FROM t UNION ALL SELECT u.id::text FROM u
     UNION ALL SELECT tableoid::regclass || ' ' || n FROM p ORDER BY 1`,
  ),
  kept(
    'Large objects',
    `SELECT lo_from_bytea(900001, decode('c0ffee', 'hex'))`,
    `SELECT encode(lo_get(900001), 'hex')`,
  ),
  kept(
    'Sequences and where they stand',
    `CREATE SEQUENCE s INCREMENT 7; SELECT nextval('s'), nextval('s')`,
    `SELECT last_value FROM s`,
  ),
  kept(
    'Generated and identity columns, defaults',
    `CREATE TABLE g (a int GENERATED ALWAYS AS IDENTITY, b int DEFAULT 3, c int GENERATED ALWAYS AS (b * 2) STORED);
     INSERT INTO g DEFAULT VALUES`,
    `SELECT a || ' ' || b || ' ' || c FROM g UNION ALL
     SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'g'::regclass ORDER BY 1`,
  ),
  kept(
    'Indexes',
    `CREATE INDEX t_body ON t (lower(body)) INCLUDE (id) WHERE id > 3`,
    `SELECT pg_get_indexdef('t_body'::regclass)`,
  ),
  kept(
    'Constraints: keys, checks, exclusions, deferred ones and those not validated yet',
    `CREATE TABLE k (t int CONSTRAINT k_key REFERENCES t DEFERRABLE INITIALLY DEFERRED, n int CONSTRAINT k_check CHECK (n > 0));
     ALTER TABLE k ADD CONSTRAINT k_late CHECK (n < 9) NOT VALID`,
    `${definition('k_key')} UNION ALL ${definition('k_check')} UNION ALL ${definition('k_late')}`,
  ),
  kept(
    'Views and rules',
    `CREATE VIEW v WITH (security_barrier) AS SELECT id FROM t WHERE id < 9`,
    `SELECT pg_get_viewdef('v'::regclass)`,
  ),
  kept(
    'Materialized views, filled again from the restored rows',
    `CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM t; CREATE MATERIALIZED VIEW m0 AS SELECT 1 AS n WITH NO DATA`,
    `SELECT n || ' ' || (SELECT relispopulated FROM pg_class WHERE relname = 'm0') FROM m`,
    'as `pg_dump` does; their rows at the time of the backup are not compared',
  ),
  kept(
    'Functions, procedures and aggregates',
    `CREATE FUNCTION f(i int) RETURNS int LANGUAGE sql IMMUTABLE SET search_path = public AS 'SELECT i + 1';
     CREATE AGGREGATE total (int) (SFUNC = int4pl, STYPE = int)`,
    `SELECT pg_get_functiondef('f'::regproc) UNION ALL SELECT aggtransfn::text FROM pg_aggregate WHERE aggfnoid = 'total'::regproc`,
  ),
  kept(
    'Triggers and event triggers, and whether they are switched off',
    `CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
     CREATE TRIGGER noted BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION quiet(); ALTER TABLE t DISABLE TRIGGER noted;
     CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
     CREATE EVENT TRIGGER watching ON ddl_command_end EXECUTE FUNCTION watch()`,
    `SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE tgname = 'noted'
     UNION ALL SELECT evtname || evtevent || evtenabled::text FROM pg_event_trigger`,
  ),
  kept(
    'Types, domains, collations, operators, casts, text search',
    `CREATE TYPE mood AS ENUM ('b', 'a'); CREATE DOMAIN positive AS int CHECK (VALUE > 0);
     CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
     CREATE OPERATOR ==> (LEFTARG = int, RIGHTARG = int, FUNCTION = int4gt); CREATE CAST (mood AS int) WITH INOUT;
     CREATE TEXT SEARCH CONFIGURATION plain (COPY = simple)`,
    `SELECT enum_range(NULL::mood)::text UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contypid = 'positive'::regtype
     UNION ALL SELECT collname || colliculocale FROM pg_collation WHERE collname = 'blind'
     UNION ALL SELECT oprname || oprcode FROM pg_operator WHERE oprname = '==>'
     UNION ALL SELECT castmethod::text FROM pg_cast WHERE castsource = 'mood'::regtype
     UNION ALL SELECT cfgname FROM pg_ts_config WHERE cfgname = 'plain'`,
  ),
  kept(
    'Row security and its policies',
    `ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY few ON t USING (id < 10)`,
    `SELECT relrowsecurity::text FROM pg_class WHERE oid = 't'::regclass
     UNION ALL SELECT pg_get_expr(polqual, polrelid) FROM pg_policy`,
  ),
  kept(
    'Owners, rights, rights by column and default privileges',
    `ALTER TABLE k OWNER TO keeper; GRANT SELECT (t) ON k TO reader WITH GRANT OPTION;
     ALTER DEFAULT PRIVILEGES FOR ROLE keeper GRANT SELECT ON TABLES TO reader`,
    `SELECT relowner::regrole::text FROM pg_class WHERE oid = 'k'::regclass
     UNION ALL SELECT attacl::text FROM pg_attribute WHERE attrelid = 'k'::regclass AND attacl IS NOT NULL
     UNION ALL SELECT defaclacl::text FROM pg_default_acl`,
    'a restore may leave them out',
  ),
  kept(
    'Comments',
    `COMMENT ON TABLE t IS 'said'; COMMENT ON COLUMN t.body IS 'and more'`,
    `SELECT obj_description('t'::regclass) || col_description('t'::regclass, 2)`,
  ),
  kept(
    'Statistics objects, and how much is sampled',
    `CREATE STATISTICS pair (mcv) ON id, body FROM t; ALTER TABLE t ALTER body SET STATISTICS 900`,
    `SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext WHERE stxname = 'pair'
     UNION ALL SELECT attstattarget::text FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'body'`,
  ),
  kept(
    'Extensions by name, with rows of yours in their configuration tables',
    `CREATE EXTENSION hstore`,
    `SELECT extname FROM pg_extension ORDER BY 1`,
    'in the version that the other server has; its packages must be there',
  ),
  kept(
    'Foreign servers, user mappings and foreign tables',
    `CREATE EXTENSION postgres_fdw; CREATE SERVER away FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'nowhere.invalid');
     CREATE USER MAPPING FOR keeper SERVER away OPTIONS (user 'u', password 'p'); CREATE FOREIGN TABLE far (id int) SERVER away`,
    `SELECT srvoptions::text FROM pg_foreign_server WHERE srvname = 'away'
     UNION ALL SELECT option::text FROM pg_user_mapping, unnest(umoptions) option
     UNION ALL SELECT relname FROM pg_class WHERE relname = 'far' ORDER BY 1`,
    'options of user mappings only by a superuser’s backup; otherwise they are named as missing',
  ),
  kept(
    'Publications',
    `CREATE PUBLICATION news FOR TABLE g`,
    `SELECT pubname || puballtables FROM pg_publication UNION ALL SELECT prrelid::regclass::text FROM pg_publication_rel`,
  ),
  kept(
    'Subscriptions, switched off and without a slot',
    `CREATE SUBSCRIPTION asleep CONNECTION 'host=nowhere.invalid' PUBLICATION news WITH (connect = false, slot_name = NONE)`,
    `SELECT subname || subconninfo || subenabled FROM pg_subscription`,
    'only by a superuser’s backup; otherwise they are named as missing',
  ),
  kept(
    'The database’s own properties: encoding, locale, owner, comment, connection limit',
    `ALTER DATABASE contents OWNER TO keeper; COMMENT ON DATABASE contents IS 'ours'; ALTER DATABASE contents CONNECTION LIMIT 70`,
    `SELECT pg_encoding_to_char(encoding) || datcollate || datctype || datlocprovider::text || pg_get_userbyid(datdba) || datconnlimit
            || shobj_description(oid, 'pg_database')
       FROM pg_database WHERE datname = current_database()`,
  ),
  kept(
    'Settings of the database, and of roles in it',
    `ALTER DATABASE contents SET work_mem = '7MB'; ALTER ROLE reader IN DATABASE contents SET statement_timeout = '9s'`,
    `SELECT setrole::regrole || setconfig::text FROM pg_db_role_setting
      WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1`,
  ),
  roles(
    'Roles, memberships, their settings and comments',
    `GRANT keeper TO reader; ALTER ROLE reader SET work_mem = '6MB'; COMMENT ON ROLE reader IS 'reads'`,
    `SELECT rolname || rolcanlogin || coalesce(rolconfig::text, '') || coalesce(shobj_description(oid, 'pg_authid'), '')
       FROM pg_roles WHERE rolname IN ('keeper', 'reader') UNION ALL SELECT roleid::regrole || ' ' || member::regrole FROM pg_auth_members
      WHERE member = 'reader'::regrole ORDER BY 1`,
  ),
  roles(
    'Passwords of roles, as hashes',
    `ALTER ROLE reader PASSWORD 'a password'`,
    `SELECT rolpassword FROM pg_authid WHERE rolname = 'reader'`,
    'only by a role that may read `pg_authid`; otherwise they are named as missing',
  ),
  roles(
    'Tablespaces',
    `CREATE TABLESPACE other LOCATION :'space'`,
    `SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = 'other'`,
    'their folders must be there; without them everything goes to the default',
  ),
  roles(
    'Rights on parameters (`GRANT SET ON PARAMETER`)',
    `GRANT SET ON PARAMETER log_statement TO reader`,
    `SELECT paracl::text FROM pg_parameter_acl`,
  ),
  left(
    'What the planner knows of the rows',
    `ANALYZE t`,
    `SELECT count(*) FROM pg_statistic WHERE starelid = 't'::regclass`,
    'run `ANALYZE` after a restore by hand',
  ),
  left(
    'Rows behind foreign tables',
    `CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
     CREATE FOREIGN TABLE listed (line text) SERVER files OPTIONS (filename 'postmaster.pid')`,
    `SELECT line FROM listed LIMIT 1`,
  ),
  left(
    'Replication slots',
    `SELECT pg_create_logical_replication_slot('kept_here', 'pgoutput')`,
    `SELECT slot_name FROM pg_replication_slots`,
  ),
  left(
    'Settings of the server (`postgresql.conf`, `ALTER SYSTEM`, `pg_hba.conf`)',
    `ALTER SYSTEM SET work_mem = '5MB'; SELECT pg_reload_conf()`,
    `SELECT setting FROM pg_file_settings WHERE name = 'work_mem'`,
    'back them up as files',
  ),
  left(
    'Settings for all roles of the server (`ALTER ROLE ALL SET`)',
    `ALTER ROLE ALL SET lock_timeout = '1h'`,
    `SELECT setconfig::text FROM pg_db_role_setting WHERE setrole = 0 AND setdatabase = 0`,
    '`pg_dumpall` leaves them out',
  ),
  left(
    'Prepared transactions that are not ended',
    `CREATE TABLE held (i int); BEGIN; INSERT INTO held VALUES (1); PREPARE TRANSACTION 'held back'`,
    `SELECT gid FROM pg_prepared_xacts WHERE database = current_database()`,
    'the test of the connection names those that hold locks',
  ),
  left(
    'Other databases of the server',
    `SELECT 1`,
    `SELECT datname FROM pg_database WHERE datname = 'beside'`,
    'each is a source of its own',
  ),
  left(
    'Where rows lie in their tables, and what is dead among them',
    `CREATE TABLE spread AS SELECT i FROM generate_series(1, 9) i; UPDATE spread SET i = i WHERE i < 5`,
    `SELECT i || ' ' || ctid FROM spread ORDER BY i`,
  ),
]

/** The page's table, in Markdown. */
export function contentsTable(): string {
  const words: Record<Kept, string> = { database: 'yes', roles: 'yes, in the script of roles', no: '**no**' }
  return [
    '| What | In a backup | |',
    '| --- | --- | --- |',
    ...contents.map(({ kind, kept, note }) => `| ${kind} | ${words[kept]} | ${note ?? ''} |`),
  ].join('\n')
}
