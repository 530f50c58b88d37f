'use client'

import { useQuery } from '@tanstack/react-query'
import { PageHeader } from '@/components/ui/page-header'
import { ProblemNote } from '@/components/ui/problem-note'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Skeleton } from '@/components/ui/skeleton'
import { DayHeatMap } from '@/components/charts/day-heat-map'
import { SizeTrend } from '@/components/charts/size-trend'
import { overviewQuery, trendQuery } from '@/lib/client/queries/status'
import { Banners } from './banners'
import { BackupStatus } from './backup-status'
import { CatalogCard } from './catalog-card'
import { FirstSteps } from './first-steps'
import { RunningJobs } from './running-jobs'
import { SourceTable } from './source-table'

export function Overview() {
  const { data: status, error, refetch, isFetching } = useQuery(overviewQuery())
  const { data: days } = useQuery(trendQuery)
  return (
    <>
      <PageHeader title="Overview" />
      {error && !status && (
        <ProblemNote
          error={error}
          title="The status is not known"
          actions={
            <Button variant="secondary" size="sm" pending={isFetching} onClick={() => void refetch()}>
              Try again
            </Button>
          }
        />
      )}
      {!status && !error && <OverviewSkeleton />}
      {status && (
        <div className="space-y-5">
          {error && <ProblemNote error={error} title="This may be out of date" />}
          <Banners status={status} />
          <BackupStatus status={status} />
          {status.running.length > 0 && <RunningJobs status={status} />}
          <FirstSteps status={status} />
          <SourceTable sources={status.sources} omitted={status.omitted.sources} />
          <CatalogCard catalog={status.catalog} source={status.sources.find((source) => source.isCatalog)} />
          {days && status.totals.backups > 0 && (
            <div className="grid gap-5 lg:grid-cols-2">
              <Card aria-labelledby="days-title">
                <CardHeader id="days-title" title="Last 30 days" note="Backups a day, in UTC" />
                <CardBody>
                  <DayHeatMap days={days} />
                </CardBody>
              </Card>
              <Card aria-labelledby="trend-title">
                <CardHeader id="trend-title" title="Size" note="Taken from the sources and stored, a day" />
                <CardBody>
                  <SizeTrend days={days} />
                </CardBody>
              </Card>
            </div>
          )}
        </div>
      )}
    </>
  )
}

function OverviewSkeleton() {
  return (
    <div className="space-y-5" role="status" aria-label="Loading the status">
      <Skeleton className="h-32 rounded-lg" />
      <Skeleton className="h-64 rounded-lg" />
    </div>
  )
}
