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
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { hasCopies, isRunAgain, isSized } from '@/lib/client/backup-facts'
import { formatAbsolute } from '@/lib/client/format/time'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { isActive } from '@/lib/client/words/words'
import { FailedRunActions } from '@/components/jobs/failed-run'
import { BackupRowActions } from './backup-row-actions'

interface BackupsTableProps {
  backups: readonly Backup[]
  withSource: boolean
  ascending: boolean
  onSort: () => void
}

export function BackupsTable({ backups, withSource, ascending, onSort }: BackupsTableProps) {
  const Arrow = ascending ? ArrowUp : ArrowDown
  return (
    <Table label="Backups">
      <thead>
        <tr>
          <Th aria-sort={ascending ? 'ascending' : 'descending'}>
            <button type="button" className="inline-flex items-center gap-1 hover:text-ink" onClick={onSort}>
              Started <Arrow className="size-3" aria-hidden />
            </button>
          </Th>
          {withSource && <Th className="max-xl:hidden">Source</Th>}
          <Th>Status</Th>
          <Th className="max-sm:hidden">Restorable</Th>
          <Th className="text-right max-xl:hidden">Source size</Th>
          <Th className="text-right max-sm:hidden">Stored</Th>
          <Th className="text-right max-xl:hidden">Took</Th>
          <Th>
            <span className="sr-only">Actions</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {backups.map((backup) => (
          <BackupRow key={backup.id} backup={backup} withSource={withSource} />
        ))}
      </tbody>
    </Table>
  )
}

function BackupRow({ backup, withSource }: { backup: Backup; withSource: boolean }) {
  const sized = isSized(backup)
  const zone = useViewerTimeZone()
  return (
    <Tr data-backup={backup.id} className={backup.deletedAt ? 'text-ink-3' : ''}>
      <Td>
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
      </Td>
      {withSource && (
        <Td className="max-w-40 min-w-28 max-xl:hidden">
          <Link
            href={`/admin/sources/${backup.sourceId}`}
            title={backup.sourceName}
            className="block truncate underline-offset-4 hover:underline"
          >
            {backup.sourceName}
          </Link>
          {backup.sample && <SampleBadge />}
        </Td>
      )}
      <Td className="max-w-64 sm:min-w-36">
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
      </Td>
      <Td className="max-sm:hidden">
        {hasCopies(backup) ? (
          <VerifiedBadge
            verified={backup.verified}
            provenAt={backup.provenAt}
            withheld={backup.withheld}
            narrow
            bare={withSource}
          />
        ) : (
          <span className="text-ink-3">–</span>
        )}
      </Td>
      <Td className="text-right max-xl:hidden">
        <BytesCell bytes={sized ? backup.sourceBytes : null} />
      </Td>
      <Td className="text-right max-sm:hidden">
        <BytesCell bytes={sized ? backup.storedBytes : null} />
      </Td>
      <Td className="text-right max-xl:hidden">
        <DurationCell ms={backup.durationMs} none={isActive(backup.status) ? '…' : '–'} />
      </Td>
      <Td>
        <BackupRowActions backup={backup} />
      </Td>
    </Tr>
  )
}
