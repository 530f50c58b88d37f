'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { BellRing } from 'lucide-react'
import { RoleButton } from '@/components/shell/role-button'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { channelsQuery } from '@/lib/client/queries/alerts'
import { ChannelDialog } from './channel-dialog'
import { ChannelItem } from './channel-item'
import { DeadMansSwitchCard } from '@/components/settings/dead-mans-switch'

export function Channels() {
  const channels = useQuery(channelsQuery())
  const [adding, setAdding] = useState(false)
  return (
    <div className="space-y-5">
      <Card aria-labelledby="channels-title">
        <CardHeader
          id="channels-title"
          title="Alert channels"
          note="A channel that is on is notified once of each alert it asks for, reminded while it goes on, and notified when it is over"
          actions={
            <RoleButton needs="admin" size="sm" onClick={() => setAdding(true)}>
              Add a channel
            </RoleButton>
          }
        />
        <ListState
          query={channels}
          empty={
            <EmptyState icon={<BellRing />} title="Nobody is notified yet">
              Add an e-mail address or a webhook, so that a failed backup is known before the backup is needed.
            </EmptyState>
          }
        >
          <ul className="divide-y divide-line">
            {channels.data?.items.map((channel) => (
              <ChannelItem key={channel.id} channel={channel} />
            ))}
          </ul>
        </ListState>
        {adding && <ChannelDialog open onOpenChange={setAdding} />}
      </Card>
      <DeadMansSwitchCard />
    </div>
  )
}
