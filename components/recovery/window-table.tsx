'use client'

import Link from 'next/link'
import type { Backup } from '@/lib/contracts/backup'
import type { LogGap, RecoveryWindow } from '@/lib/contracts/recovery/continuous'
import { TimeCell } from '@/components/cells/time-cell'
import { Badge } from '@/components/ui/badge'
import { DataTable, type Column } from '@/components/ui/data-table'
import { endOf } from './part-words'

interface WindowTableProps {
  windows: readonly RecoveryWindow[]
  gaps: readonly LogGap[]
  isFollowed: boolean
  /** Backups of the source, as far as they are known, for when base backups were taken. */
  bases: readonly Backup[]
  sourceId: string
}

type Row = { key: string; timeline: string; from: string | null; to: string | null; positions: string } & (
  { window: RecoveryWindow; gap?: never } | { gap: LogGap; window?: never }
)

/** What the bar shows, in words: the newest first. */
export function WindowTable({ windows, gaps, isFollowed, bases, sourceId }: WindowTableProps) {
  const rows = [
    ...windows.map((window): Row => ({ ...common('window', window), window })),
    ...gaps.map((gap): Row => ({ ...common('gap', gap), gap })),
  ].toSorted((one, other) => (other.to ?? other.from ?? '').localeCompare(one.to ?? one.from ?? ''))
  const why = (row: Row) => (row.window ? endOf(row.window, isFollowed) : row.gap.because)
  const backups = ({ window }: Row) =>
    window ? (
      <BaseLinks ids={window.backupIds} bases={bases} sourceId={sourceId} />
    ) : (
      <span className="text-ink-3">–</span>
    )
  const columns: Column<Row>[] = [
    {
      key: 'times',
      header: 'From, to',
      cell: (row) => (
        <>
          <Badge tone={row.window ? 'proven' : 'bad'}>{row.window ? 'Window' : 'Gap'}</Badge>
          <span className="mt-1 block">
            <TimeCell at={row.from} none="unknown" form="exact" />
          </span>
          <span className="block">
            <TimeCell at={row.to} none="unknown" form="exact" />
          </span>
          <span className="mt-1 block space-y-1 text-xs text-ink-3 sm:hidden">
            <span className="block">
              Timeline {row.timeline}, {row.positions}
            </span>
            <span className="block text-ink-2">{why(row)}</span>
            {row.window && <span className="block">Base backups: {backups(row)}</span>}
          </span>
        </>
      ),
    },
    {
      key: 'place',
      header: 'Timeline, positions',
      from: 'sm',
      cell: (row) => (
        <>
          <span className="tabular block">{row.timeline}</span>
          <span className="block font-mono text-xs text-ink-3">{row.positions}</span>
        </>
      ),
    },
    { key: 'bases', header: 'Base backups', from: 'sm', cell: backups },
    { key: 'why', header: 'Why it ends', from: 'sm', className: 'min-w-40', cell: why },
  ]
  return (
    <div className="-mx-4 sm:-mx-5">
      <DataTable
        label="Windows and gaps"
        columns={columns}
        rows={rows}
        rowKey={(row) => row.key}
        rowProps={(row) => ({ 'data-row': row.window ? 'window' : 'gap' })}
      />
    </div>
  )
}

const common = (kind: string, of: RecoveryWindow | LogGap) => ({
  key: `${kind} ${of.timeline} ${of.fromPosition}`,
  timeline: of.timeline,
  from: of.from,
  to: of.to,
  positions: `${of.fromPosition} – ${of.toPosition}`,
})

const mostLinks = 4

/** The newest are named; all of them stand among the backups of the source. */
function BaseLinks({ ids, bases, sourceId }: { ids: readonly string[]; bases: readonly Backup[]; sourceId: string }) {
  const shown = ids.slice(-mostLinks).toReversed()
  const earlier = ids.length - shown.length
  return (
    <>
      {shown.map((id) => {
        const at = bases.find((backup) => backup.id === id)?.finishedAt
        return (
          <Link key={id} href={`/admin/backups/${id}`} className="block underline underline-offset-4">
            {at ? <TimeCell at={at} form="exact" /> : 'Base backup'}
          </Link>
        )
      })}
      {earlier > 0 && (
        <Link href={`/admin/backups?source=${sourceId}`} className="block text-ink-3 underline underline-offset-4">
          and {earlier} earlier
        </Link>
      )}
    </>
  )
}
