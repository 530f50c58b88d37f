import { describe, expect, it } from 'vitest'
import type { TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'
import { databaseEntries } from '@/lib/engines/postgres/logical/archive/database-entries'

const entry = (type: string, name: string, definition: string, owner = ''): TocEntry => ({
  ...{ dumpId: 1, type, name, definition, owner, section: 'pre-data', schema: '', hasData: false },
  ...{ copyStatement: '', tablespace: '', dependencies: [] },
})
const target = `of "ours"`
const made = (...entries: TocEntry[]) => {
  const { before, after } = databaseEntries(entries)
  return { before: before.map((one) => one.sql(target)), after: after.map((one) => one.sql(target)) }
}

describe('what an archive says of its database, made for a database of another name', () => {
  it('settings come first, but for those that stand in the way of a restore', () => {
    const properties = `ALTER DATABASE "we""ird; x" SET "TimeZone" TO 'Europe/Berlin';
ALTER DATABASE "we""ird; x" SET search_path TO "$user", 'a; b';
ALTER DATABASE "we""ird; x" SET "app.key" TO 'it''s ; secret';
ALTER DATABASE "we""ird; x" SET default_transaction_read_only TO 'on';
ALTER DATABASE "we""ird; x" CONNECTION LIMIT = 7;
ALTER DATABASE "we""ird; x" IS_TEMPLATE = true;
ALTER ROLE "a role" IN DATABASE "we""ird; x" SET work_mem TO '5MB';
UPDATE pg_catalog.pg_database SET datfrozenxid = '722' WHERE datname = 'x';`
    expect(made(entry('DATABASE PROPERTIES', 'x', properties))).toEqual({
      before: [
        `ALTER DATABASE "of ""ours""" SET "TimeZone" TO 'Europe/Berlin'`,
        `ALTER DATABASE "of ""ours""" SET search_path TO "$user", 'a; b'`,
        `ALTER DATABASE "of ""ours""" SET "app.key" TO 'it''s ; secret'`,
        `ALTER ROLE "a role" IN DATABASE "of ""ours""" SET work_mem TO '5MB'`,
      ],
      after: [
        `ALTER DATABASE "of ""ours""" SET default_transaction_read_only TO 'on'`,
        `ALTER DATABASE "of ""ours""" CONNECTION LIMIT = 7`,
        `ALTER DATABASE "of ""ours""" IS_TEMPLATE = true`,
      ],
    })
  })

  it('owner, comment and rights come last, each as pg_dump wrote it', () => {
    const rights = `REVOKE CONNECT,TEMPORARY ON DATABASE x FROM PUBLIC;
SET SESSION AUTHORIZATION "some one";
GRANT CREATE ON DATABASE x TO reader WITH GRANT OPTION;
RESET SESSION AUTHORIZATION;
GRANT ALL ON DATABASE x TO "a ON DATABASE b";`
    const { before, after } = made(
      entry('COMMENT', 'DATABASE x', `COMMENT ON DATABASE x IS 'words; more';`),
      entry('ACL', 'DATABASE x', rights),
      entry('DATABASE', 'x', 'CREATE DATABASE x;', `own"er`),
      entry('COMMENT', 'TABLE x', `COMMENT ON TABLE x IS 'no matter of the database';`),
    )
    expect(before).toEqual([])
    expect(after).toEqual([
      `ALTER DATABASE "of ""ours""" OWNER TO "own""er"`,
      `COMMENT ON DATABASE "of ""ours""" IS 'words; more'`,
      `REVOKE CONNECT,TEMPORARY ON DATABASE "of ""ours""" FROM PUBLIC`,
      'SET SESSION AUTHORIZATION "some one"',
      `GRANT CREATE ON DATABASE "of ""ours""" TO reader WITH GRANT OPTION`,
      'RESET SESSION AUTHORIZATION',
      `GRANT ALL ON DATABASE "of ""ours""" TO "a ON DATABASE b"`,
    ])
  })

  it.each([
    'GRANT postgres TO evil',
    'CREATE ROLE evil SUPERUSER',
    'GRANT ALL ON TABLE x TO evil',
    'GRANT evil TO x /* ON DATABASE x TO */',
    'SET SESSION AUTHORIZATION x, y',
    'SET ROLE postgres',
    "COMMENT ON ROLE x IS ' ON DATABASE x IS '",
    'DROP DATABASE x',
  ])('nothing else is taken, whatever an archive has there: %s', (sql) => {
    for (const type of ['ACL', 'COMMENT', 'SECURITY LABEL']) {
      expect(made(entry(type, 'DATABASE x', `${sql};`))).toEqual({ before: [], after: [] })
    }
    expect(made(entry('DATABASE PROPERTIES', 'x', `${sql};`))).toEqual({ before: [], after: [] })
  })

  it('words about a setting never have its value, which may be a secret', () => {
    const { before } = databaseEntries([entry('DATABASE PROPERTIES', 'x', `ALTER DATABASE x SET app.key TO 'hush';`)])
    expect(before.map(({ about }) => about)).toEqual(['setting app.key of the database'])
  })

  it('an entry that is cut is damage', () => {
    expect(() => databaseEntries([entry('DATABASE PROPERTIES', 'x', `ALTER DATABASE x SET a TO 'never`)])).toThrow(
      expect.objectContaining({ code: 'producer-truncated' }),
    )
  })
})
