'use client'

import Link from 'next/link'
import type { SourceStatus } from '@/lib/contracts/status'
import { NameLink } from '@/components/cells/name-link'
import { SampleBadge } from '@/components/cells/sample-badge'
import { TimeCell } from '@/components/cells/time-cell'
import { VerifiedBadge } from '@/components/cells/verified-badge'
import { Card, CardHeader } from '@/components/ui/card'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { RoleLink } from '@/components/shell/role-link'
import { ExposureCell } from './exposure-cell'
import { HealthBadge } from './health-badge'
import { SourceActions } from './source-actions'

interface SourceTableProps {
  sources: readonly SourceStatus[]
  /** So many more are not among them. */
  omitted: number
}

export function SourceTable({ sources, omitted }: SourceTableProps) {
  return (
    <Card aria-labelledby="sources-title">
      <CardHeader
        id="sources-title"
        title="Sources"
        note={omitted > 0 ? `The ${sources.length} that need most attention` : undefined}
        actions={
          <RoleLink needs="admin" href="/admin/sources/new" variant="secondary" size="sm">
            Add a source
          </RoleLink>
        }
      />
      <Table label="Sources and how they are protected">
        <thead>
          <tr>
            <Th>Source</Th>
            <Th className="max-sm:hidden">Health</Th>
            <Th className="max-sm:hidden">Last good backup</Th>
            <Th>Restorable</Th>
            <Th className="max-xl:hidden" title="What would be lost now, against what was promised">
              Exposure
            </Th>
            <Th className="max-xl:hidden">Next backup</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {sources.map((source) => (
            <Tr key={source.sourceId}>
              <Td className="sm:min-w-36">
                <NameLink href={`/admin/sources/${source.sourceId}`}>{source.sourceName}</NameLink>
                <span className="mt-0.5 flex items-center gap-1.5 text-xs text-ink-3">
                  {engineWords[source.engine] ?? source.engine}
                  {source.sample && <SampleBadge />}
                </span>
                <span className="mt-1.5 block sm:hidden">
                  <HealthBadge source={source} />
                </span>
              </Td>
              <Td className="max-sm:hidden">
                <HealthBadge source={source} />
              </Td>
              <Td className="max-sm:hidden">
                {source.lastGoodBackup ? (
                  <Link
                    href={`/admin/backups/${source.lastGoodBackup.id}`}
                    className="underline-offset-4 hover:underline"
                  >
                    <TimeCell at={source.lastGoodBackup.finishedAt} />
                  </Link>
                ) : (
                  <span className="text-bad">none</span>
                )}
              </Td>
              <Td>
                {source.lastProven ? (
                  <Link href={`/admin/backups/${source.lastProven.backupId}`}>
                    <VerifiedBadge verified="proven" provenAt={source.lastProven.provenAt} narrow />
                  </Link>
                ) : (
                  <VerifiedBadge verified={source.lastGoodBackup?.verified ?? 'unproven'} />
                )}
              </Td>
              <Td className="max-xl:hidden">
                <ExposureCell source={source} />
              </Td>
              <Td className="max-xl:hidden">
                <TimeCell at={source.nextBackupAt} none="not scheduled" />
              </Td>
              <Td>
                <SourceActions source={source} compact />
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      {omitted > 0 && (
        <p className="border-t border-line px-4 py-3 text-ink-3 sm:px-5">
          {omitted.toLocaleString('en')} more are in the{' '}
          <Link href="/admin/sources" className="text-ink-2 underline underline-offset-4">
            list of sources
          </Link>
        </p>
      )}
    </Card>
  )
}

const engineWords: Record<string, string> = {
  postgres: 'PostgreSQL',
  mysql: 'MySQL / MariaDB',
  sqlite: 'SQLite',
  redis: 'Redis',
  files: 'Files',
}
