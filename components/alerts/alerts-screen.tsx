'use client'

import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { BellOff } from 'lucide-react'
import { Pager } from '@/components/backups/pager'
import { RoleLink } from '@/components/shell/role-link'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { Select } from '@/components/ui/input'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { PageHeader } from '@/components/ui/page-header'
import { alertsQuery, channelsQuery } from '@/lib/client/queries/alerts'
import { useUrlState } from '@/lib/client/hooks/use-url-state'
import { AlertItem } from './alert-item'

/** By what is shown. */
const emptyWords: Record<string, string> = { true: 'No alert is open', false: 'No alert is over yet' }

export function AlertsScreen() {
  const { get, set } = useUrlState()
  const open = get('open')
  const alerts = useQuery(alertsQuery({ cursor: get('cursor'), open }))
  const channels = useQuery(channelsQuery())
  const names = new Map(channels.data?.items.map((channel) => [channel.id, channel.name]))
  const failing = channels.data?.items.filter((channel) => channel.enabled && channel.failing) ?? []
  const silent = channels.data && !channels.data.items.some((channel) => channel.enabled)
  return (
    <>
      <PageHeader
        title="Alerts"
        intro="One alert for one incident: sent once, repeated until someone acknowledges it, and ended with a notice when it is over."
        actions={
          <Button variant="secondary" asChild>
            <Link href="/admin/settings?tab=channels">Alert channels</Link>
          </Button>
        }
      />
      <div className="space-y-5">
        {silent && (
          <Callout
            tone="warn"
            title="Nobody is notified"
            actions={
              <RoleLink needs="admin" href="/admin/settings?tab=channels" variant="secondary" size="sm">
                Add a channel
              </RoleLink>
            }
          >
            No alert channel is on: only people who open this page see a failure.
          </Callout>
        )}
        {failing.length > 0 && (
          <Callout tone="bad" title={`Alerts do not reach ${failing.map(({ name }) => name).join(', ')}`}>
            <Link href="/admin/settings?tab=channels" className="underline underline-offset-4">
              Look at the channel
            </Link>{' '}
            and send it a test when it is repaired.
          </Callout>
        )}
        <label className="flex max-w-56 items-center gap-2 text-[0.8125rem] font-medium">
          Show
          <Select
            className="flex-1"
            value={open ?? ''}
            onChange={(event) => set({ open: event.target.value || undefined, cursor: undefined })}
          >
            <option value="">All alerts</option>
            <option value="true">Open alerts</option>
            <option value="false">Past alerts</option>
          </Select>
        </label>
        <Card aria-label="Alerts">
          <ListState
            query={alerts}
            empty={
              <EmptyState icon={<BellOff />} title={emptyWords[open ?? ''] ?? 'No alert so far'}>
                {!open &&
                  'Backups that fail, run late or look unusual, tests that fail or are overdue, and trouble with destinations and workers appear here.'}
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
