'use client'

import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { BellOff } from 'lucide-react'
import { Pager } from '@/components/backups/pager'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { PageHeader } from '@/components/ui/page-header'
import { alertsQuery, channelsQuery } from '@/lib/client/queries/alerts'
import { useUrlState } from '@/lib/client/use-url-state'
import { AlertItem } from './alert-item'

export function AlertsScreen() {
  const { get } = useUrlState()
  const alerts = useQuery(alertsQuery({ cursor: get('cursor') }))
  const channels = useQuery(channelsQuery())
  const names = new Map(channels.data?.items.map((channel) => [channel.id, channel.name]))
  const silent = channels.data && !channels.data.items.some((channel) => channel.enabled)
  return (
    <>
      <PageHeader
        title="Alerts"
        intro="One incident for one trouble, told once, and once more when it is over."
        actions={
          <Button variant="secondary" asChild>
            <Link href="/admin/settings?tab=channels">Alert channels</Link>
          </Button>
        }
      />
      <div className="space-y-5">
        {silent && (
          <Callout tone="warn" title="Nobody is told">
            There is no alert channel that is on: a failure is only seen by who looks here.
          </Callout>
        )}
        <Card aria-label="Alerts">
          <ListState
            query={alerts}
            empty={
              <EmptyState icon={<BellOff />} title="No alert so far">
                Failed, partial, slow and missed backups and failed restore tests appear here.
              </EmptyState>
            }
          >
            <ul className="divide-y divide-line">
              {alerts.data?.items.map((alert) => (
                <AlertItem key={alert.id} alert={alert} channelNames={names} />
              ))}
            </ul>
            <Pager nextCursor={alerts.data?.nextCursor ?? null} />
          </ListState>
        </Card>
      </div>
    </>
  )
}
