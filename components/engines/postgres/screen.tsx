import { Database, FileArchive, FileCode } from 'lucide-react'
import type { Inspection, Source } from '@/lib/contracts/source'
import { unverifiedWords } from '@/lib/core/network/ssl-modes'
import type { EngineScreen } from '../engine-screen'
import { ownSource } from '../own-source'
import { ConnectionFields } from './connection-fields'
import { LimitFields } from './limit-fields'
import { LoadFields } from './load-fields'
import { ProofFields } from './proof-fields'
import { postgresRecovery } from './recovery'
import { postgresRestore, type PostgresTarget } from './restore'
import { RoleSnippet } from './role-snippet'
import { TlsOffers } from './tls-offers'
import {
  emptyPostgres,
  postgresConnectionOf,
  postgresOptionsOf,
  postgresValuesOf,
  type PostgresConnectionValues,
  type PostgresForm,
  type PostgresOptionValues,
} from './values'

const own = (source: Source) => ownSource(source, 'postgres').connection
const address = ({ host, port }: ReturnType<typeof own>) => (host.startsWith('/') ? host : `${host}:${port}`)

export const postgresScreen: EngineScreen<PostgresConnectionValues, PostgresOptionValues, PostgresTarget> = {
  Icon: Database,
  connectionNote:
    'PostgreSQL, by address or by the folder of its Unix socket. The password is stored sealed and never shown again.',
  empty: emptyPostgres,
  valuesOf: postgresValuesOf,
  connectionOf: postgresConnectionOf,
  optionsOf: (values: PostgresForm['options']) => postgresOptionsOf(values),
  storedSecrets: (source) => (own(source).hasPassword ? ['password'] : []),
  ConnectionFields,
  SetupHelp: RoleSnippet,
  Offers: TlsOffers,
  OptionsFields: LoadFields,
  LimitFields,
  ProofFields,
  proofNote:
    'Restored rows and objects are compared with the archive in any case. Here is what only you know of the data.',
  where(source) {
    const connection = own(source)
    return { what: connection.database, server: address(connection), account: connection.user }
  },
  facts(source) {
    const connection = own(source)
    const { database, user, hasPassword, host, ssl } = connection
    return [
      { name: 'Address', value: address(connection) },
      { name: 'Database', value: database },
      { name: 'User', value: `${user}${hasPassword ? ', with a stored password' : ', without a password'}` },
      { name: 'TLS mode', value: [ssl, unverifiedWords(host, ssl)].filter(Boolean).join(': ') },
    ]
  },
  inspectionFacts: (inspection: Inspection) => [
    { name: 'Server', value: inspection.serverVersion ? `PostgreSQL ${inspection.serverVersion}` : null },
    {
      name: 'Client',
      value: inspection.client ? `pg_dump ${inspection.client.version} (${inspection.client.path})` : null,
    },
    { name: 'TLS', value: inspection.tls ?? 'not encrypted' },
  ],
  proves: {
    quick: 'Every copy is there, matches its checksums, decrypts and decompresses to its end.',
    standard: 'Restores into a sandbox without an error, with the same objects and exact row counts per table.',
    comprehensive:
      'Restores into a sandbox without an error, with the same objects and exact row counts per table. The content of every table equals the archive; indexes and constraints are checked.',
  },
  downloads: [
    { form: 'plain', label: 'Archive', note: 'Decrypted; what pg_restore reads', Icon: FileArchive },
    { form: 'sql', label: 'SQL script', note: 'Decrypted; what psql reads', Icon: FileCode },
  ],
  restore: postgresRestore,
  recovery: postgresRecovery,
}
