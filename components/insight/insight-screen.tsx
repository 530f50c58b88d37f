'use client'

import { useState, type ReactNode } from 'react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { TrendingUp } from 'lucide-react'
import type { Insight } from '@/lib/contracts/insight'
import { BytesCell } from '@/components/cells/bytes-cell'
import { GrowthChart } from '@/components/charts/growth-chart'
import { RoleLink } from '@/components/shell/role-link'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { ProblemNote } from '@/components/ui/problem-note'
import { Skeleton } from '@/components/ui/skeleton'
import { formatMoney } from '@/lib/client/format/money'
import { insightQuery } from '@/lib/client/queries/insight'
import { useUrlState } from '@/lib/client/hooks/use-url-state'
import { AnomaliesCard } from './anomalies-card'
import { DestinationsCard } from './destinations-card'
import { ForecastFacts } from './forecast-facts'
import { PoliciesCard } from './policies-card'
import { PricesDialog } from './prices-dialog'
import { SourceDialog } from './source-dialog'
import { SourcesCard } from './sources-card'

const firstShown = 20
const mostShown = 1_000

export function InsightScreen() {
  const { get, set } = useUrlState()
  const [pricing, setPricing] = useState(false)
  const [limit, setLimit] = useState(firstShown)
  const { data: insight, error } = useQuery({ ...insightQuery(limit), placeholderData: keepPreviousData })
  const sourceId = get('source')
  return (
    <>
      <PageHeader title="Insight" intro="How backups grow, what they cost, and which of them were unusual." />
      {error && !insight && <ProblemNote error={error} title="Insight could not be read" />}
      {!error && !insight && (
        <div className="space-y-5" role="status" aria-label="Loading">
          <Skeleton className="h-32 rounded-lg" />
          <Skeleton className="h-72 rounded-lg" />
        </div>
      )}
      {insight && (
        <div className="space-y-5">
          {error && <ProblemNote error={error} title="This may be out of date" />}
          {insight.total.storedBytes === 0 && insight.sources.every(({ sourceBytes }) => sourceBytes === 0) ? (
            <NothingYet />
          ) : (
            <>
              <TotalCard insight={insight} />
              <AnomaliesCard incidents={insight.anomalies} />
              <DestinationsCard
                destinations={insight.destinations}
                currency={insight.currency}
                onEditPrices={() => setPricing(true)}
              />
              {insight.policies.length > 0 && <PoliciesCard policies={insight.policies} currency={insight.currency} />}
              <SourcesCard
                sources={insight.sources}
                omitted={insight.sourcesOmitted}
                currency={insight.currency}
                onShow={(id) => set({ source: id })}
                onMore={() => setLimit(Math.min(mostShown, limit * 5))}
              />
            </>
          )}
        </div>
      )}
      {pricing && <PricesDialog onClose={() => setPricing(false)} />}
      {sourceId && <SourceDialog sourceId={sourceId} onClose={() => set({ source: undefined })} />}
    </>
  )
}

function NothingYet() {
  return (
    <Card aria-label="Nothing yet">
      <EmptyState
        icon={<TrendingUp />}
        title="Nothing to look at yet"
        actions={
          <RoleLink needs="operator" href="/admin/backups">
            Go to the backups
          </RoleLink>
        }
      >
        With the first backups, sizes and costs appear here; after a week, forecasts.
      </EmptyState>
    </Card>
  )
}

function TotalCard({ insight }: { insight: Insight }) {
  const { total, currency } = insight
  return (
    <Card aria-labelledby="total-title">
      <CardHeader id="total-title" title="Stored in all destinations" note="A day, with the trend of the next 90" />
      <CardBody className="space-y-4">
        <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
          <Figure name="Stored" value={<BytesCell bytes={total.storedBytes} />} />
          <Figure name="A month" value={formatMoney(total.cost.perMonth, currency)} />
          <Figure name="In 90 days" value={money(total.cost.in90Days, currency)} />
          <Figure name="In a year" value={money(total.cost.in365Days, currency)} />
        </dl>
        <GrowthChart series={total.series} forecast={total.forecast} />
        <ForecastFacts forecast={total.forecast} />
      </CardBody>
    </Card>
  )
}

const money = (amount: number | null, currency: string): ReactNode =>
  amount === null ? <span className="font-normal text-ink-3">not known yet</span> : formatMoney(amount, currency)

function Figure({ name, value }: { name: string; value: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-ink-3">{name}</dt>
      <dd className="tabular mt-0.5 text-base font-semibold">{value}</dd>
    </div>
  )
}
