import { Database, FileArchive, FileCode } from 'lucide-react'
import type { Source } from '@/lib/contracts/source'
import type { EngineScreen } from '../engine-screen'
import { ownSource } from '../own-source'
import { ConnectionFields, LimitFields, ProofFields, TargetFields } from './fields'
import { emptySqlite, sqliteOptionsOf, sqliteValuesOf, type SqliteForm } from './values'

const pathOf = (source: Source) => ownSource(source, 'sqlite').connection.path

export const sqliteScreen: EngineScreen<SqliteForm['connection'], SqliteForm['options'], { path: string }> = {
  Icon: Database,
  connectionNote: 'A database file that the worker can read, or several by a pattern. Programs may go on writing.',
  empty: emptySqlite,
  valuesOf: sqliteValuesOf,
  connectionOf: ({ path }) => ({ path }),
  optionsOf: (values: SqliteForm['options']) => sqliteOptionsOf(values),
  storedSecrets: () => [],
  ConnectionFields,
  LimitFields,
  ProofFields,
  proofNote:
    'Restored rows and objects are compared with the snapshot in any case. Here is what only you know of the data.',
  where: (source) => ({ what: pathOf(source), server: 'the worker’s machine', account: null }),
  facts: (source) => [{ name: 'Database file', value: pathOf(source) }],
  inspectionFacts: (inspection) => [
    { name: 'Read by', value: inspection.serverVersion ? `SQLite ${inspection.serverVersion}` : null },
  ],
  proves: {
    quick: 'Every copy is there, matches its checksums, decrypts and decompresses to its end.',
    standard:
      'Opens in a sandbox, passes the integrity check, with the same objects, no new broken foreign key, and exact row counts per table.',
    comprehensive:
      'Opens in a sandbox, passes the integrity check, with the same objects, no new broken foreign key, and exact row counts per table. The content of every table equals the snapshot.',
  },
  downloads: [
    { form: 'plain', label: 'Database file', note: 'Decrypted; several files come as a tar', Icon: FileArchive },
    { form: 'sql', label: 'SQL script', note: 'Decrypted; what the sqlite3 program reads', Icon: FileCode },
  ],
  restore: {
    title: 'Restore to a new place',
    description: 'An existing file is never written to: the name must be free.',
    empty: { path: '' },
    targetOf: ({ path }) => ({ path }),
    Fields: TargetFields,
    Note: OwnerNote,
  },
}

function OwnerNote() {
  return (
    <p className="text-[0.8125rem] text-ink-2">
      The file will belong to the user of the worker, who alone may read it. Give it to the program that uses it.
    </p>
  )
}
