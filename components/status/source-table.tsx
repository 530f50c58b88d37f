'use client'

import Link from 'next/link'
import { Database } from 'lucide-react'
import type { SourceStatus } from '@/lib/contracts/status'
import { NameLink } from '@/components/cells/name-link'
import { SampleBadge } from '@/components/cells/sample-badge'
import { TimeCell } from '@/components/cells/time-cell'
import { FailedRun } from '@/components/jobs/failed-run'
import { Card, CardHeader } from '@/components/ui/card'
import { engineTitle } from '@/components/engines/index'
import { EmptyState } from '@/components/ui/empty-state'
import { RoleLink } from '@/components/shell/role-link'
import { DataTable, type Column } from '@/components/ui/data-table'
import { worstReason } from '@/lib/client/proof'
import { ExposureCell } from './exposure-cell'
import { HealthBadge } from './health-badge'
import { ProofCell } from './proof-cell'
import { SourceActions } from './source-actions'

interface SourceTableProps {
  sources: readonly SourceStatus[]
  /** So many more are not among them. */
  omitted: number
}

const columns: ReadonlyArray<Column<SourceStatus>> = [
  {
    key: 'source',
    header: 'Source',
    className: 'sm:min-w-36',
    cell: (source) => (
      <>
        <NameLink href={`/admin/sources/${source.sourceId}`}>{source.sourceName}</NameLink>
        <span className="mt-0.5 flex items-center gap-1.5 text-xs text-ink-3">
          {engineTitle(source.engine)}
          {source.sample && <SampleBadge />}
        </span>
        <span className="mt-1.5 block space-y-1.5 sm:hidden">
          <HealthBadge source={source} />
          <span className="block text-[0.8125rem] empty:hidden">{worstReason(source)}</span>
          <ProofCell source={source} />
        </span>
        <FailedRun backup={source.lastBackup} className="sm:hidden" />
      </>
    ),
  },
  { key: 'health', header: 'Health', from: 'sm', cell: (source) => <HealthBadge source={source} /> },
  {
    key: 'proven',
    header: 'Proven',
    from: 'sm',
    cell: (source) => (
      <>
        <ProofCell source={source} />
        <FailedRun backup={source.lastBackup} />
      </>
    ),
  },
  {
    key: 'exposure',
    header: 'Exposure',
    headerTitle: 'What would be lost now, counted from the newest proven backup',
    from: 'xl',
    cell: (source) => <ExposureCell source={source} />,
  },
  {
    key: 'next-backup',
    header: 'Next backup',
    from: 'xl',
    cell: (source) => <TimeCell at={source.nextBackupAt} none="not scheduled" />,
  },
  {
    key: 'actions',
    header: 'Actions',
    headerHidden: true,
    cell: (source) => <SourceActions source={source} compact />,
  },
]

export function SourceTable({ sources, omitted }: SourceTableProps) {
  const own = sources.filter((source) => !source.isCatalog)
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
      {own.length > 0 && (
        <DataTable
          label="Sources and how they are protected"
          columns={columns}
          rows={own}
          rowKey={(source) => source.sourceId}
          rowProps={(source) => ({ 'data-source': source.sourceId })}
        />
      )}
      {own.length === 0 && (
        <EmptyState
          icon={<Database />}
          title="Nothing of yours is protected yet"
          actions={
            <RoleLink needs="admin" href="/admin/sources/new">
              Add a source
            </RoleLink>
          }
        >
          A source is a database or a folder to protect. For a server you need its address, and a role that may read it.
        </EmptyState>
      )}
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
