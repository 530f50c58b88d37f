import { forgetting, isPlain, reading, shellQuote, unlocking, unpackers } from '@/lib/core/repository/hand-reading'
import type { HandStep } from '@/lib/core/repository/hand-step'
import type { Manifest } from '@/lib/contracts/repository/manifest'
import type { StoredFile } from '@/lib/core/repository/hand-reading'
import { databaseConnInfo } from '@/lib/engines/postgres/connect/quote'

function restoring(archive: StoredFile, files: StoredFile[], database: string): HandStep[] {
  const data = files.filter((file) => file.role === 'data')
  const restore = 'pg_restore --exit-on-error'
  const into = `-d ${/^\w[\w-]*$/.test(database) ? database : shellQuote(databaseConnInfo(database))}`
  if (data.length === 0) return [{ say: 'Restore', run: `${reading(archive)} | ${restore} --create -d postgres` }]
  const unpacked = isPlain(archive) ? archive.file : 'archive.dump'
  return [
    { say: 'The rows of large tables are in files of their own, and go between the tables and their indexes' },
    ...(isPlain(archive)
      ? []
      : [{ say: 'Unpack the archive, which is read three times', run: `${reading(archive)} > ${unpacked}` }]),
    { say: 'Tables', run: `${restore} --create --section=pre-data -d postgres ${unpacked}` },
    { say: 'Rows', run: `${restore} --section=data ${into} ${unpacked}` },
    ...data.map((file) => ({ say: 'Rows', run: `${reading(file)} | ${restore} --section=data ${into}` })),
    // Jobs side by side would be faster, but what they build may wait for each other (post-data-steps.ts).
    { say: 'Indexes and constraints', run: `${restore} --section=post-data ${into} ${unpacked}` },
  ]
}

/**
 * How to restore with standard tools alone. The database comes back under its own name, with its encoding, locale, owner,
 * rights and settings.
 */
export function howToRestore(files: StoredFile[], { tool, source }: Pick<Manifest, 'tool' | 'source'>): HandStep[] {
  const globals = files.find((file) => file.role === 'globals')
  const archive = files.find((file) => file.role === 'archive')
  const needed = [
    `the PostgreSQL client programs of version ${parseInt(tool?.version ?? '', 10)} or newer`,
    ...unpackers(files),
  ]
  return [
    { say: `You need ${needed.join(', ')}; PGHOST, PGPORT and PGUSER name the server, and its superuser` },
    ...unlocking(files),
    ...(globals
      ? [
          {
            say: 'Roles (skip what exists; messages about existing roles are harmless)',
            run: `${reading(globals)} | psql -X -d postgres`,
          },
        ]
      : []),
    {
      say: 'Write also into a database that is read-only by its own settings',
      run: "export PGOPTIONS='-c default_transaction_read_only=off'",
    },
    ...(archive ? restoring(archive, files, source.label ?? 'DATABASE') : []),
    {
      say: 'To restore beside a database of the same name, or where the tablespaces of the source are not, make another with createdb -T template0 and the same encoding and locale, leave out --create, and name it behind -d; its settings (ALTER DATABASE) are then yours to make. To restore without the tablespaces, add --no-tablespaces to pg_restore; without the roles, --no-owner --no-privileges',
    },
    ...forgetting(files),
  ]
}
