'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Play } from 'lucide-react'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { PageHeader } from '@/components/ui/page-header'
import { RoleButton } from '@/components/shell/role-button'
import { SizeTrend } from '@/components/charts/size-trend'
import { RunningJobs } from '@/components/status/running-jobs'
import { statusQuery, trendQuery } from '@/lib/client/queries/status'
import { BackupFilters } from './backup-filters'
import { BackupHistory } from './backup-history'
import { BackupNowDialog } from './backup-now-dialog'

export function BackupsScreen() {
  const [asking, setAsking] = useState(false)
  const { data: status } = useQuery(statusQuery({ limit: 1 }))
  const { data: days } = useQuery(trendQuery)
  return (
    <>
      <PageHeader
        title="Backups"
        intro="Every run of every source. A backup is green only when a restore has proven it."
        actions={
          <RoleButton needs="operator" onClick={() => setAsking(true)}>
            <Play aria-hidden /> Back up now
          </RoleButton>
        }
      />
      <div className="space-y-5">
        {status && status.running.length > 0 && <RunningJobs status={status} />}
        {days && status && status.totals.backups > 0 && (
          <Card aria-labelledby="trend-title">
            <CardHeader id="trend-title" title="Size" note="All sources, a day, last 30 days" />
            <CardBody>
              <SizeTrend days={days} />
            </CardBody>
          </Card>
        )}
        <Card aria-label="History">
          <BackupFilters />
          <BackupHistory />
        </Card>
      </div>
      {asking && <BackupNowDialog open onOpenChange={setAsking} />}
    </>
  )
}
