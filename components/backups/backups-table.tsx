'use client'

import Link from 'next/link'
import { ArrowDown, ArrowUp, Pin } from 'lucide-react'
import type { Backup } from '@/lib/contracts/backup'
import { tellFailure } from '@/lib/core/tell-failure'
import { BytesCell } from '@/components/cells/bytes-cell'
import { DurationCell } from '@/components/cells/duration-cell'
import { SampleBadge } from '@/components/cells/sample-badge'
import { StateBadge } from '@/components/cells/state-badge'
import { TimeCell } from '@/components/cells/time-cell'
import { VerifiedBadge } from '@/components/cells/verified-badge'
import { Badge } from '@/components/ui/badge'
import { hasCopies, isRunAgain, isSized } from '@/lib/client/backup-facts'
import { formatAbsolute } from '@/lib/client/format/time'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { isActive } from '@/lib/client/words/words'
import { FailedRunActions } from '@/components/jobs/failed-run'
import { DataTable, type Column } from '@/components/ui/data-table'
import { BackupRowActions } from './backup-row-actions'

type ColumnChoice = Omit<BackupsTableProps, 'backups'> & { zone: string }

interface BackupsTableProps {
  backups: readonly Backup[]
  withSource: boolean
  ascending: boolean
  onSort: () => void
}

const sourceColumn: Column<Backup> = {
  key: 'source',
  header: 'Source',
  from: 'xl',
  className: 'max-w-40 min-w-28',
  cell: (backup) => (
    <>
      <Link
        href={`/admin/sources/${backup.sourceId}`}
        title={backup.sourceName}
        className="block truncate underline-offset-4 hover:underline"
      >
        {backup.sourceName}
      </Link>
      {backup.sample && <SampleBadge />}
    </>
  ),
}

/** In a list of one source its name is not among them. */
const columnsOf = ({ withSource, ascending, onSort, zone }: ColumnChoice): ReadonlyArray<Column<Backup>> => [
  {
    key: 'started',
    sorted: ascending ? 'ascending' : 'descending',
    header: (
      <button type="button" className="inline-flex items-center gap-1 hover:text-ink" onClick={onSort}>
        Started {ascending ? <ArrowUp className="size-3" aria-hidden /> : <ArrowDown className="size-3" aria-hidden />}
      </button>
    ),
    cell: (backup) => (
      <>
        <Link
          href={`/admin/backups/${backup.id}`}
          className="inline-flex items-start gap-1.5 font-medium underline-offset-4 hover:underline"
        >
          <TimeCell at={backup.startedAt} />
          {backup.pinned && <Pin className="mt-0.5 size-3.5 text-ink-3" aria-label="Pinned: retention keeps it" />}
        </Link>
        {withSource && (
          <span className="block max-w-36 truncate text-xs text-ink-3 xl:hidden">{backup.sourceName}</span>
        )}
      </>
    ),
  },
  ...(withSource ? [sourceColumn] : []),
  {
    key: 'status',
    header: 'Status',
    className: 'max-w-64 sm:min-w-36',
    cell: (backup) => (
      <>
        <span className="flex flex-wrap gap-1">
          <StateBadge state={backup.status} />
          <span className="sm:hidden">
            {hasCopies(backup) && (
              <VerifiedBadge verified={backup.verified} provenAt={backup.provenAt} withheld={backup.withheld} narrow />
            )}
          </span>
          {backup.deleteAfter && !backup.deletedAt && (
            <Badge
              tone="warn"
              title={`${formatAbsolute(new Date(backup.deleteAfter), zone)}: ${backup.deletedReason ?? ''}`}
            >
              Will be deleted
            </Badge>
          )}
          {backup.deletedAt && <Badge title={backup.deletedReason ?? undefined}>Deleted</Badge>}
        </span>
        {backup.error && (
          <span className="mt-0.5 line-clamp-2 block text-xs text-bad" title={tellFailure(backup.error)}>
            {tellFailure(backup.error)}
          </span>
        )}
        {isRunAgain(backup) && !backup.deletedAt && (
          <div className="mt-1.5">
            <FailedRunActions backup={backup} />
          </div>
        )}
      </>
    ),
  },
  {
    key: 'restorable',
    header: 'Restorable',
    from: 'sm',
    cell: (backup) =>
      hasCopies(backup) ? (
        <VerifiedBadge
          verified={backup.verified}
          provenAt={backup.provenAt}
          withheld={backup.withheld}
          narrow
          bare={withSource}
        />
      ) : (
        <span className="text-ink-3">–</span>
      ),
  },
  {
    key: 'source-size',
    header: 'Source size',
    align: 'end',
    from: 'xl',
    cell: (backup) => <BytesCell bytes={isSized(backup) ? backup.sourceBytes : null} />,
  },
  {
    key: 'stored',
    header: 'Stored',
    align: 'end',
    from: 'sm',
    cell: (backup) => <BytesCell bytes={isSized(backup) ? backup.storedBytes : null} />,
  },
  {
    key: 'took',
    header: 'Took',
    align: 'end',
    from: 'xl',
    cell: (backup) => <DurationCell ms={backup.durationMs} none={isActive(backup.status) ? '…' : '–'} />,
  },
  { key: 'actions', header: 'Actions', headerHidden: true, cell: (backup) => <BackupRowActions backup={backup} /> },
]

export function BackupsTable({ backups, ...choice }: BackupsTableProps) {
  const zone = useViewerTimeZone()
  return (
    <DataTable
      label="Backups"
      columns={columnsOf({ ...choice, zone })}
      rows={backups}
      rowKey={(backup) => backup.id}
      rowProps={(backup) => ({ className: backup.deletedAt ? 'text-ink-3' : '', 'data-backup': backup.id })}
    />
  )
}
