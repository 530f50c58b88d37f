import { afterAll, beforeAll, expect, it } from 'vitest'
import type { TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'
import { beyondRole } from '@/lib/engines/postgres/logical/restore/beyond-role'
import { startPostgres, type TestPostgres } from '../../../helpers/servers/postgres'

const entry = (type: string, definition: string): TocEntry => ({
  dumpId: 1,
  hasData: false,
  type,
  section: 'pre-data',
  schema: 'public',
  name: 'it',
  owner: 'plain',
  tablespace: '',
  definition,
  copyStatement: '',
  dependencies: [],
})

let pg: TestPostgres
beforeAll(async () => {
  pg = await startPostgres()
  await pg.sql(
    `CREATE ROLE plain; CREATE SCHEMA made AUTHORIZATION plain; GRANT CREATE ON DATABASE postgres TO plain;
     CREATE TYPE public.shell; CREATE FUNCTION public.shell_in(cstring) RETURNS public.shell LANGUAGE internal AS 'textin';
     CREATE FUNCTION public.shell_out(public.shell) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
     CREATE TYPE made.one AS (a int); CREATE TYPE made.other AS (a int);
     ALTER TYPE made.one OWNER TO plain; ALTER TYPE made.other OWNER TO plain`,
  )
})
afterAll(() => pg?.close())

const statements: [string, string][] = [
  ['PUBLICATION', 'CREATE PUBLICATION everything FOR ALL TABLES'],
  ['PUBLICATION', 'CREATE PUBLICATION " FOR ALL TABLES" WITH (publish = \'insert\')'],
  ['CAST', 'CREATE CAST (made.one AS made.other) WITHOUT FUNCTION'],
  ['CAST', 'CREATE CAST (made.other AS made.one) WITH INOUT'],
  [
    'TYPE',
    'CREATE TYPE made.base (\n    INTERNALLENGTH = variable, INPUT = public.shell_in, OUTPUT = public.shell_out\n)',
  ],
  ['TYPE', 'CREATE TYPE made." (\n    INTERNALLENGTH" AS (a int)'],
  ['TYPE', `CREATE TYPE made.kind AS ENUM (\n    '(INTERNALLENGTH'\n)`],
  ['FUNCTION', `CREATE FUNCTION made.f() RETURNS int\n    LANGUAGE internal\n    AS $$textin$$`],
  ['FUNCTION', `CREATE FUNCTION made.f() RETURNS int\n    LANGUAGE c\n    AS '$libdir/x', 'y'`],
  ['FUNCTION', `CREATE FUNCTION made.f() RETURNS int\n    LANGUAGE sql LEAKPROOF\n    AS $$SELECT 1$$`],
  ['FUNCTION', `CREATE FUNCTION made."x AS $$ '"() RETURNS int\n    LANGUAGE internal\n    AS $$textin$$`],
  ['FUNCTION', `CREATE FUNCTION made."\n    LANGUAGE c"() RETURNS int\n    LANGUAGE sql\n    AS $$SELECT 1$$`],
  [
    'FUNCTION',
    `CREATE FUNCTION made.g(t text DEFAULT '\n    LANGUAGE c') RETURNS int\n    LANGUAGE sql\n    AS $$SELECT 1$$`,
  ],
  [
    'FUNCTION',
    `CREATE FUNCTION made.h() RETURNS text\n    LANGUAGE sql\n    AS $_$SELECT 'LEAKPROOF\n    LANGUAGE c'$_$`,
  ],
  ['FUNCTION', `CREATE FUNCTION made."LEAKPROOF"() RETURNS int\n    LANGUAGE sql\n    BEGIN ATOMIC\n SELECT 1;\nEND`],
  ['PROCEDURE', `CREATE PROCEDURE made.p()\n    LANGUAGE internal\n    AS $$textin$$`],
  ['PROCEDURE', `CREATE PROCEDURE made.p()\n    LANGUAGE sql\n    AS $$SELECT 'LANGUAGE c'$$`],
]

it.each(statements)(
  '%s: the server refuses a plain role what is left out for it, and nothing else: %s',
  async (type, sql) => {
    const { names } = beyondRole([entry(type, sql)])
    const refused = await pg.sql(`SET ROLE plain; ${sql}; RESET ROLE`).then(
      () => false,
      (error: { code?: string }) => {
        expect(error.code).toBe('42501')
        return true
      },
    )
    expect(names.length > 0).toBe(refused)
  },
)
