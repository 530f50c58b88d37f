'use client'

import Link from 'next/link'
import type { PreviewedBackup, RetentionPreview } from '@/lib/contracts/retention'
import { BytesCell } from '@/components/cells/bytes-cell'
import { TimeCell } from '@/components/cells/time-cell'
import { Badge } from '@/components/ui/badge'
import { Callout } from '@/components/ui/callout'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Facts } from '@/components/ui/facts'
import { DataTable, type Column } from '@/components/ui/data-table'
import { formatBytes } from '@/lib/client/format/bytes'
import { formatMoney } from '@/lib/client/format/money'

/** What the rules would mean today, before anything is saved: how many, how large, whose, and which, with reasons. */
export function RetentionPreviewCard({ preview, stale }: { preview: RetentionPreview; stale: boolean }) {
  const { sources, deleteCount, addedCount } = preview
  const affected = sources.filter((source) => source.deleteCount > 0)
  return (
    <Card aria-labelledby="preview-title" aria-busy={stale} data-preview={stale ? 'stale' : 'ready'}>
      <CardHeader id="preview-title" title="What this would delete today" />
      <CardBody className="space-y-4">
        {sources.length === 0 ? (
          <p className="text-ink-3">Nothing goes by this policy yet. Choose it in a schedule, or for a destination.</p>
        ) : (
          <>
            {addedCount > 0 && (
              <Callout
                tone="warn"
                title={`${addedCount} ${addedCount === 1 ? 'backup that is' : 'backups that are'} kept today would be deleted`}
              >
                {preview.graceDays > 0
                  ? `They are deleted ${preview.graceDays} ${preview.graceDays === 1 ? 'day' : 'days'} after saving. Until then, putting the rules back undoes it.`
                  : 'They are deleted at once: there is no grace time set.'}
              </Callout>
            )}
            <Facts
              items={[
                ...(deleteCount > 0
                  ? [{ name: 'Deleted', value: `${deleteCount}, ${formatBytes(preview.deleteBytes)}` }]
                  : []),
                { name: 'Kept', value: String(preview.keepCount) },
                ...(deleteCount > 0
                  ? [{ name: 'Saves', value: `${formatMoney(preview.savedPerMonth, preview.currency)} a month` }]
                  : []),
                { name: 'Costs then', value: `${formatMoney(preview.costPerMonth, preview.currency)} a month` },
              ]}
            />
            {affected.length > 1 && <BySource sources={affected} />}
            <BackupList
              backups={preview.backups.filter((backup) => !backup.keep || backup.deleteBytes > 0)}
              names={new Map(sources.map((source) => [source.sourceId, source.sourceName]))}
            />
          </>
        )}
      </CardBody>
    </Card>
  )
}

const sourceColumns: ReadonlyArray<Column<RetentionPreview['sources'][number]>> = [
  {
    key: 'source',
    header: 'Source',
    cell: (source) => (
      <>
        {source.sourceName} {source.paused && <Badge tone="warn">paused</Badge>}
      </>
    ),
  },
  { key: 'deleted', header: 'Deleted', align: 'end', className: 'tabular', cell: (source) => source.deleteCount },
  { key: 'kept', header: 'Kept', align: 'end', className: 'tabular', cell: (source) => source.keepCount },
  { key: 'size', header: 'Size', align: 'end', cell: (source) => <BytesCell bytes={source.deleteBytes} /> },
]

function BySource({ sources }: { sources: RetentionPreview['sources'] }) {
  return <DataTable label="By source" columns={sourceColumns} rows={sources} rowKey={(source) => source.sourceId} />
}

const shown = 50

const backupColumns = (names: ReadonlyMap<string, string>): ReadonlyArray<Column<PreviewedBackup>> => [
  {
    key: 'backup',
    header: 'Backup',
    cell: (backup) => (
      <>
        <Link href={`/admin/backups/${backup.id}`} className="underline-offset-4 hover:underline">
          <TimeCell at={backup.startedAt} />
        </Link>
        <span className="block text-xs text-ink-3">{names.get(backup.sourceId)}</span>
      </>
    ),
  },
  { key: 'size', header: 'Size', align: 'end', cell: (backup) => <BytesCell bytes={backup.deleteBytes} /> },
  {
    key: 'why',
    header: 'Why',
    className: 'min-w-48 text-[0.8125rem] text-ink-2',
    cell: (backup) => backup.reasons.join('; '),
  },
]

function BackupList({ backups, names }: { backups: readonly PreviewedBackup[]; names: ReadonlyMap<string, string> }) {
  if (backups.length === 0) return <p className="text-ink-3">No backup would go.</p>
  return (
    <>
      <DataTable
        label="Backups that would go"
        columns={backupColumns(names)}
        rows={backups.slice(0, shown)}
        rowKey={(backup) => backup.id}
      />
      {backups.length > shown && <p className="text-xs text-ink-3">And {backups.length - shown} more.</p>}
    </>
  )
}
