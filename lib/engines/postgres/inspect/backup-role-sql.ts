import type { SourceSpec } from '@/lib/ports/source-spec'
import { connectionOf } from '@/lib/engines/postgres/connect/connect'
import { quoteIdentifier } from '@/lib/engines/postgres/connect/quote'

/** SQL for a role that can read everything in this database and change nothing. */
export function backupRoleSql(source: SourceSpec): string {
  const { database } = connectionOf(source)
  const role = quoteIdentifier('holdfast_backup')
  return `-- Run as an administrator, connected to database ${database.replaceAll(/\s/g, ' ')}. Choose a password of your own.
CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 5 PASSWORD 'change-me';
GRANT CONNECT ON DATABASE ${quoteIdentifier(database)} TO ${role};
ALTER ROLE ${role} SET default_transaction_read_only = on;

-- PostgreSQL 14 and newer: read all tables, views and sequences, also those made later.
GRANT pg_read_all_data TO ${role};
-- PostgreSQL 13 and older, instead, for each schema:
--   GRANT USAGE ON SCHEMA public TO ${role};
--   GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role};
--   GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO ${role};
--   ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO ${role};
--   GRANT SELECT ON pg_catalog.pg_authid TO ${role}; -- the roles' passwords, as the server keeps them (hashed)

-- Only when tables use row security: a backup must see all rows.
ALTER ROLE ${role} BYPASSRLS;

-- Only when there are large objects: they are not covered by pg_read_all_data.
DO $$
DECLARE object oid;
BEGIN
  FOR object IN SELECT oid FROM pg_largeobject_metadata LOOP
    EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO ${role}', object);
  END LOOP;
END
$$;
`
}
