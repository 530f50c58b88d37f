'use client'

import { useQuery } from '@tanstack/react-query'
import type { JudgedUnit, OwnMeasure, SourceInsight } from '@/lib/contracts/insight'
import { GrowthChart } from '@/components/charts/growth-chart'
import { Dialog } from '@/components/ui/dialog'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { DataTable, type Column } from '@/components/ui/data-table'
import { formatBytes } from '@/lib/client/format/bytes'
import { formatDuration } from '@/lib/client/format/duration'
import { measureTitle, valueInWords } from '@/lib/contracts/repository/measure-words'
import { sourceInsightQuery } from '@/lib/client/queries/insight'
import { ForecastFacts } from './forecast-facts'

/** One source: its trend, and what its latest backup is held against. */
export function SourceDialog({ sourceId, onClose }: { sourceId: string; onClose: () => void }) {
  const { data: insight, error } = useQuery(sourceInsightQuery(sourceId))
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={insight ? `Growth of ${insight.sourceName}` : 'Growth'}
      description="Bytes read from the source, a day"
    >
      {error && !insight && <ProblemNote error={error} />}
      {!error && !insight && <SkeletonRows rows={4} />}
      {insight && (
        <div className="space-y-5">
          <GrowthChart
            series={insight.series.map(({ day, sourceBytes }) => ({ day, bytes: sourceBytes }))}
            forecast={insight.sourceForecast}
          />
          <ForecastFacts forecast={insight.sourceForecast} />
          <Usual insight={insight} />
        </div>
      )}
    </Dialog>
  )
}

const columnsOf = (insight: SourceInsight): ReadonlyArray<Column<SourceInsight['baselines'][number]>> => [
  {
    key: 'of-a-backup',
    header: 'Of a backup',
    cell: ({ measure }) => (
      <>
        {titleOf(measure)}
        <span className="block text-xs text-warn empty:hidden">
          {insight.anomalies.find((anomaly) => anomaly.measure === measure)?.message}
        </span>
      </>
    ),
  },
  {
    key: 'usual',
    header: 'Usual',
    align: 'end',
    className: 'tabular whitespace-nowrap',
    cell: ({ unit, usual }) => show[unit](usual),
  },
  {
    key: 'latest',
    header: 'Latest',
    align: 'end',
    className: 'tabular whitespace-nowrap',
    cell: ({ unit, actual }) => show[unit](actual),
  },
]

function Usual({ insight }: { insight: SourceInsight }) {
  if (insight.baselines.length === 0) {
    return (
      <p className="text-[0.8125rem] text-ink-3">
        What is usual for its backups is known after five good ones; from then on each is compared with it.
      </p>
    )
  }
  return (
    <section aria-labelledby="usual-title">
      <h3 id="usual-title" className="mb-1 font-medium">
        What is usual
      </h3>
      <DataTable
        label="The latest backup against what is usual"
        columns={columnsOf(insight)}
        rows={insight.baselines}
        rowKey={({ measure }) => measure}
      />
    </section>
  )
}

const ownTitles: Record<OwnMeasure, string> = {
  'source-bytes': 'Read from the source',
  'stored-bytes': 'Stored',
  duration: 'Duration',
  compression: 'Stored of each byte read',
}
const titles = new Map(Object.entries(ownTitles))
const titleOf = (measure: string): string => titles.get(measure) ?? measureTitle(measure)

const show: Record<JudgedUnit, (value: number) => string> = {
  bytes: formatBytes,
  count: (value) => valueInWords('count', value),
  milliseconds: formatDuration,
  share: (share) => `${Math.round(share * 100)} %`,
}
