import type { CompressionAdvice } from '@/lib/contracts/compression-advice'
import type { Compression } from '@/lib/contracts/engines/common'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { DataTable, type Column } from '@/components/ui/data-table'
import { formatBytes } from '@/lib/client/format/bytes'

interface Choice {
  compression: Compression
  level: number
}

interface CompressionAdviceTableProps {
  advice: CompressionAdvice
  /** What the form has now. */
  current: Choice
  onUse: (compression: Compression, level: number) => void
}

const same = (a: Choice, b: Choice) =>
  a.compression === b.compression && (a.level === b.level || a.compression === 'none')
const named = ({ compression, level }: Choice) => (compression === 'none' ? 'none' : `${compression} ${level}`)

const columnsOf = ({
  advice: { recommended },
  current,
  onUse,
}: CompressionAdviceTableProps): ReadonlyArray<Column<CompressionAdvice['measured'][number]>> => [
  {
    key: 'compression',
    header: 'Compression',
    cell: (row) => (
      <>
        {named(row)}
        {same(row, recommended) && <span className="ml-2 text-xs text-ink-3">recommended</span>}
      </>
    ),
  },
  { key: 'ratio', header: 'Ratio', align: 'end', className: 'tabular', cell: (row) => `${row.ratio.toFixed(2)}x` },
  {
    key: 'speed',
    header: 'Speed',
    align: 'end',
    className: 'tabular whitespace-nowrap',
    cell: (row) => `${Math.round(row.bytesPerSecond / 1e6)} MB/s`,
  },
  {
    key: 'of-gib',
    header: 'Of 1 GiB',
    align: 'end',
    from: 'sm',
    className: 'tabular whitespace-nowrap',
    cell: (row) => formatBytes(2 ** 30 / row.ratio),
  },
  {
    key: 'choose',
    header: 'Choose',
    headerHidden: true,
    align: 'end',
    cell: (row) =>
      same(row, current) ? (
        <span className="text-xs text-ink-3">chosen</span>
      ) : (
        <Button
          variant="link"
          size="inline"
          aria-label={`Use ${named(row)}`}
          onClick={() => onUse(row.compression, row.level)}
        >
          Use this
        </Button>
      ),
  },
]

/** What was measured, smallest first, with the recommendation and its reason above it. */
export function CompressionAdviceTable({ advice, current, onUse }: CompressionAdviceTableProps) {
  const { recommended } = advice
  const rows = advice.measured.toSorted((a, b) => b.ratio - a.ratio)
  return (
    <div className="space-y-3" data-advice={named(recommended)}>
      <Callout
        tone="info"
        role="status"
        title={advice.sentence}
        actions={
          same(current, recommended) ? (
            <Badge>chosen</Badge>
          ) : (
            <Button size="sm" onClick={() => onUse(recommended.compression, recommended.level)}>
              Use {named(recommended)}
            </Button>
          )
        }
      >
        {advice.reason}
      </Callout>
      <DataTable
        label="Compressions measured"
        columns={columnsOf({ advice, current, onUse })}
        rows={rows}
        rowKey={named}
      />
      <p className="text-xs break-words text-ink-3">
        Measured on {formatBytes(advice.sampleBytes)} of {advice.tables.join(', ')}, by one compressor of the machine
        that serves this page.
        {advice.unavailable.map(({ compression, remedy }) => ` ${compression} is not installed there. ${remedy}`)}
      </p>
    </div>
  )
}
