import type { ErrorEntry } from './error-entry'

/** Reaching a database, signing in to it, and being allowed to read it. */
export const sourceErrors = {
  'host-unreachable': {
    status: 502,
    cause: 'The name of the server does not resolve, no route leads to it, or it did not answer in time.',
    remedy:
      'Check the host name, the network and the firewall between the worker and the server, and whether the server is overloaded.',
  },
  'connection-refused': {
    status: 502,
    cause:
      'The machine answers, but nothing accepts connections at this port, or the server is starting up or shutting down.',
    remedy:
      'Check that the server runs, that the port is right, and that it listens on this address (`listen_addresses`).',
  },
  'server-gone': {
    status: 502,
    cause:
      'The server closed a connection that was in use: it was restarted, ran out of memory or disk, or an administrator or a firewall ended the connection.',
    remedy: 'Read the log of the server at that time. A backup is retried automatically while attempts are left.',
  },
  'source-failed': {
    status: 422,
    cause:
      'The server reported an error that has no code of its own here, has no free connection left, or sent what PostgreSQL does not send. The message quotes it.',
    remedy:
      'Look the quoted error up in the log of the server. Without free connections raise `max_connections`, or let other clients use fewer. Check that the address is that of PostgreSQL itself.',
  },
  'source-stalled': {
    status: 422,
    cause:
      'For a long time nothing came from the server, and it is not working on anything of the backup: the connection is dead.',
    remedy: 'Look for a firewall or proxy between the worker and the server that drops idle connections.',
  },
  'password-rejected': {
    status: 422,
    cause: 'The server refused the password, wants one and none is stored, or does not let this user log in.',
    remedy: 'Enter the right user and password in the source, or set the password again with `ALTER ROLE … PASSWORD`.',
  },
  'hba-refused': {
    status: 422,
    cause:
      'No line of `pg_hba.conf` lets this user into this database from the address of the worker, or only with TLS.',
    remedy:
      'Add a line for user, database and address to `pg_hba.conf` and reload the server, or set the TLS mode of the source to `require` or stricter.',
  },
  'tls-refused': {
    status: 422,
    cause:
      'The TLS connection that the source asks for could not be made: the server has no TLS, or its certificate is not trusted, not valid now, or made for another name. `facts.tls` says which.',
    remedy:
      'Fix the certificate, give its authority (CA) to the source, or choose one of the TLS modes in `facts.tlsOffers`, each with what it means.',
  },
  'clear-text-refused': {
    status: 422,
    cause: 'The server asks for the password in clear text over a connection that is not encrypted. It was not sent.',
    remedy:
      'Choose the TLS mode `verify-full`, or use `scram-sha-256` instead of `password` in `pg_hba.conf` and set the password again.',
  },
  'pooler-refused': {
    status: 422,
    cause:
      'A connection pooler such as PgBouncer answers at this address and shares its sessions between clients, which a backup cannot use.',
    remedy:
      'Enter host and port of PostgreSQL itself. Where there is no way around the pooler, give Holdfast a database there with `pool_mode = session` and `server_reset_query = DISCARD ALL`.',
  },
  'source-is-own': {
    status: 422,
    cause: "The files of a source are Holdfast's own, or have its data folder or a destination in them.",
    remedy: 'Choose a folder beside them. The catalog is backed up as a source of its own.',
  },
  'folder-missing': {
    status: 422,
    cause: 'The folder of a source of files does not exist on the machine of the worker, or is no folder.',
    remedy: 'Correct the path in the source, or mount the file system that it is on.',
  },
  'no-such-database': {
    status: 422,
    cause: 'The server has no database of this name, or there is no file at the path.',
    remedy:
      'Correct the name; upper and lower case matter. If the database was dropped, its backups can still be restored.',
  },
  'not-a-database': {
    status: 422,
    cause:
      'The file is no SQLite database: it is empty, it begins otherwise than such files do, or it is encrypted by an extension of SQLite.',
    remedy:
      'Correct the path. In a pattern, name the files that are databases. Of an encrypted database let the application write a copy of its own, and back that up as files.',
  },
  'database-damaged': {
    status: 422,
    cause: 'SQLite found the database file damaged while it was read, so it cannot be backed up.',
    remedy:
      'Restore an older backup to a new file and compare. What is left can often be read with `.recover` of the sqlite3 program.',
  },
  'database-closed': {
    status: 422,
    cause: 'The database allows no connections (`datallowconn` is false).',
    remedy: 'Let an administrator run `ALTER DATABASE … ALLOW_CONNECTIONS true`, connected to another database.',
  },
  'privilege-missing': {
    status: 422,
    cause:
      'The role lacks a privilege: to connect, to read everything that a backup holds, to create a database, or to give objects to the roles that own them.',
    remedy:
      'Run the GRANT that the message names, or test the connection of the source, which lists what is missing. For restores see also `docs/restores.md`.',
  },
  'row-security': {
    status: 422,
    cause: 'Row security of some tables would hide rows from this role, so a backup would not be complete.',
    remedy:
      'Let an administrator run `ALTER ROLE … BYPASSRLS`, or connect as the owner of the tables or as a superuser.',
  },
  'too-many-tables': {
    status: 422,
    cause: 'The database has more tables than the server can lock at once, and a backup locks all of them.',
    remedy:
      'Raise `max_locks_per_transaction` in `postgresql.conf` and restart the server; the test of the connection says to what.',
  },
  'too-few-connections': {
    status: 422,
    cause: 'The role or the database permits fewer connections at once than a backup needs, which is three.',
    remedy:
      'Let an administrator of the server run the statement that the test of the connection shows, which raises the limit.',
  },
  'client-missing': {
    status: 422,
    cause: '`pg_dump` or `pg_restore` is not installed where the worker runs.',
    remedy: 'Install the PostgreSQL client programs there, or name the folder that holds them in `HOLDFAST_PG_BIN`.',
  },
  'client-too-old': {
    status: 422,
    cause: 'The server is newer than the newest `pg_dump` on this machine, which cannot read it.',
    remedy: 'Install the client programs of the version of the server or a newer one where the worker runs.',
  },
  'host-invalid': {
    status: 422,
    cause: 'The source, stored by an earlier version, has a whole pasted connection in the place of its host.',
    remedy:
      'Edit the source and enter host, port, database, user and password each in its field. Then change that password: it was stored where it can be read.',
  },
  'address-refused': {
    status: 400,
    cause:
      'The address is, or leads to, a link-local or metadata address, where clouds serve the credentials of the machine itself.',
    remedy: 'Enter the address of the service that is meant.',
  },
  'secret-needed': {
    status: 400,
    cause:
      'A change would send a stored secret to another place, or protect it less on the way. A stored secret is sent only to the place it was entered for.',
    remedy: 'Enter the secret again together with the change, or leave the address and the protection as they were.',
  },
  'engine-unsupported': {
    status: 422,
    cause: 'This release has no driver for databases of this engine, or cannot do this with it.',
    remedy: 'Use an engine that this release supports, or update Holdfast.',
  },
  'sample-too-small': {
    status: 422,
    cause: 'The source holds too little data to measure compressions on.',
    remedy:
      'Keep the current compression: the choice hardly matters for so little data. Measure again when the data has grown.',
  },
  'measuring-too-slow': {
    status: 422,
    cause: 'The source could not be read, or compressed, in the time that measuring may take.',
    remedy: 'The source or this machine is very busy: measure at another time.',
  },
} satisfies Record<string, ErrorEntry>
