import type { BackupDetail, Copy } from '@/lib/contracts/backup'
import { tellFailure } from '@/lib/core/tell-failure'
import { BytesCell } from '@/components/cells/bytes-cell'
import { TimeCell } from '@/components/cells/time-cell'
import { Badge } from '@/components/ui/badge'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { DataTable, type Column } from '@/components/ui/data-table'
import { isAwaited } from '@/lib/client/backup-facts'
import { cn } from '@/lib/client/cn'
import { copyWords } from '@/lib/client/words/words'
import { AddCopy, CopyActions } from './copy-actions'

const columnsOf = (backup: BackupDetail): ReadonlyArray<Column<Copy>> => [
  { key: 'destination', header: 'Destination', className: 'font-medium', cell: (copy) => copy.destinationName },
  { key: 'state', header: 'State', className: 'max-w-80', cell: (copy) => <CopyState copy={copy} /> },
  { key: 'stored', header: 'Stored', align: 'end', cell: (copy) => <BytesCell bytes={copy.storedBytes} /> },
  {
    key: 'confirmed',
    header: 'Confirmed',
    from: 'sm',
    cell: (copy) => <TimeCell at={copy.storedAt} none="not confirmed" />,
  },
  { key: 'last-read-back', header: 'Last read back', from: 'sm', cell: (copy) => <TimeCell at={copy.verifiedAt} /> },
  {
    key: 'actions',
    header: 'Actions',
    headerHidden: true,
    align: 'end',
    cell: (copy) => <CopyActions backup={backup} copy={copy} />,
  },
]

export function BackupCopies({ backup }: { backup: BackupDetail }) {
  const { copies } = backup
  return (
    <Card aria-labelledby="copies-title">
      <CardHeader
        id="copies-title"
        title="Copies"
        note="One for each destination, with a state of its own"
        actions={<AddCopy backup={backup} />}
      />
      {copies.length === 0 ? (
        <EmptyState title="There is no copy">The backup ended before anything was stored.</EmptyState>
      ) : (
        <DataTable label="Copies" columns={columnsOf(backup)} rows={copies} rowKey={(copy) => copy.destinationId} />
      )}
    </Card>
  )
}

function CopyState({ copy }: { copy: Copy }) {
  const words = copyWords[copy.state]
  return (
    <>
      <Badge tone={words.tone}>{words.label}</Badge>
      {copy.storageClass && copy.state === 'stored' && (
        <span className="mt-0.5 block text-xs text-ink-3">
          {copy.storageClass}
          {copy.archived && ': must be brought back before it can be read'}
        </span>
      )}
      {copy.error && (
        <span className={cn('mt-0.5 block text-xs break-words', isAwaited(copy) ? 'text-ink-3' : 'text-bad')}>
          {tellFailure(copy.error)}
        </span>
      )}
      {copy.retryAt && copy.state !== 'stored' && (
        <span className="mt-0.5 block text-xs text-ink-3">
          Tried again <TimeCell at={copy.retryAt} form="relative" />
          {copy.attempts > 0 && `, after ${copy.attempts} ${copy.attempts === 1 ? 'attempt' : 'attempts'}`}
        </span>
      )}
    </>
  )
}
