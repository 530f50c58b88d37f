'use client'

import type { SourceGrowth } from '@/lib/contracts/insight'
import { BytesCell } from '@/components/cells/bytes-cell'
import { Button } from '@/components/ui/button'
import { Card, CardHeader } from '@/components/ui/card'
import { DataTable, type Column } from '@/components/ui/data-table'
import { formatMoney } from '@/lib/client/format/money'
import { growthWords } from './forecast-facts'

interface SourcesCardProps {
  sources: readonly SourceGrowth[]
  omitted: number
  currency: string
  onShow: (sourceId: string) => void
  onMore: () => void
}

const columnsOf = (currency: string, onShow: (sourceId: string) => void): ReadonlyArray<Column<SourceGrowth>> => [
  {
    key: 'source',
    header: 'Source',
    cell: (source) => (
      <>
        <button
          type="button"
          className="text-left font-medium underline-offset-4 hover:underline"
          onClick={() => onShow(source.sourceId)}
        >
          {source.sourceName}
        </button>
        <span className="block text-xs text-ink-3">
          {source.forecast ? growthWords(source.forecast) : 'Too little is known yet.'}
        </span>
      </>
    ),
  },
  { key: 'now', header: 'Now', align: 'end', cell: (source) => <BytesCell bytes={source.sourceBytes || null} /> },
  {
    key: 'in-days',
    header: 'In 90 days',
    align: 'end',
    cell: (source) => <BytesCell bytes={source.forecast?.in90Days.value} />,
  },
  {
    key: 'stored',
    header: 'Stored',
    align: 'end',
    from: 'sm',
    cell: (source) => <BytesCell bytes={source.storedBytes} />,
  },
  {
    key: 'a-month',
    header: 'A month',
    align: 'end',
    from: 'sm',
    className: 'tabular whitespace-nowrap',
    cell: (source) => formatMoney(source.perMonth, currency),
  },
]

/** The sources that grow most. A name opens its trend and what is usual for its backups. */
export function SourcesCard({ sources, omitted, currency, onShow, onMore }: SourcesCardProps) {
  return (
    <Card aria-labelledby="growth-title">
      <CardHeader id="growth-title" title="Growth by source" note="Those that grow most first" />
      <DataTable
        label="Growth by source"
        columns={columnsOf(currency, onShow)}
        rows={sources}
        rowKey={(source) => source.sourceId}
      />
      {omitted > 0 && (
        <div className="flex flex-wrap items-center justify-between gap-2 border-t border-line px-4 py-3 sm:px-5">
          <span className="text-ink-3">{omitted.toLocaleString('en')} more are not shown</span>
          <Button variant="secondary" size="sm" onClick={onMore}>
            Show more
          </Button>
        </div>
      )}
    </Card>
  )
}
