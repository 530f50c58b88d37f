'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { BellRing, Trash2 } from 'lucide-react'
import type { Channel, ChannelTest, UpdateChannel } from '@/lib/contracts/alert'
import { TimeCell } from '@/components/cells/time-cell'
import { RoleButton } from '@/components/shell/role-button'
import { useMay } from '@/components/shell/viewer'
import { Badge } from '@/components/ui/badge'
import { Card, CardHeader } from '@/components/ui/card'
import { Switch } from '@/components/ui/check'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { EmptyState } from '@/components/ui/empty-state'
import { FailureNote } from '@/components/ui/failure-note'
import { ListState } from '@/components/ui/list-state'
import { api } from '@/lib/client/api'
import { channelsQuery } from '@/lib/client/queries/alerts'
import { useAction } from '@/lib/client/use-action'
import { NewChannelDialog } from './new-channel-dialog'

export function Channels() {
  const channels = useQuery(channelsQuery())
  const [adding, setAdding] = useState(false)
  return (
    <Card aria-labelledby="channels-title">
      <CardHeader
        id="channels-title"
        title="Alert channels"
        note="Every channel that is on is told of every alert, once, and when it is over"
        actions={
          <RoleButton needs="admin" size="sm" onClick={() => setAdding(true)}>
            Add a channel
          </RoleButton>
        }
      />
      <ListState
        query={channels}
        empty={
          <EmptyState icon={<BellRing />} title="Nobody is told yet">
            Add an e-mail address or a webhook, so that a failed backup is heard of before it is needed.
          </EmptyState>
        }
      >
        <ul className="divide-y divide-line">
          {channels.data?.items.map((channel) => (
            <ChannelItem key={channel.id} channel={channel} />
          ))}
        </ul>
      </ListState>
      {adding && <NewChannelDialog open onOpenChange={setAdding} />}
    </Card>
  )
}

function ChannelItem({ channel }: { channel: Channel }) {
  const { may, reason } = useMay('admin')
  const [deleting, setDeleting] = useState(false)
  const path = `/admin/channels/${channel.id}`
  const update = useAction({ run: (body: UpdateChannel) => api<Channel>(path, { method: 'PATCH', body }) })
  const test = useAction({
    run: () => api<ChannelTest>(`${path}/test`, { method: 'POST' }),
    done: (result) => (result.ok ? `A test alert was sent to ${channel.name}` : `${channel.name} could not be reached`),
  })
  const remove = useAction({
    run: () => api<void>(path, { method: 'DELETE' }),
    done: 'The channel is deleted',
    errors: 'inline',
  })
  const { lastDelivery } = channel
  return (
    <li className="space-y-3 px-4 py-4 sm:px-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="min-w-0">
          <p className="font-medium break-words">
            {channel.name}{' '}
            <Badge>
              {channel.kind === 'email' ? 'E-mail' : channel.config['format'] === 'slack' ? 'Slack webhook' : 'Webhook'}
            </Badge>
          </p>
          <p className="text-xs break-all text-ink-3">{targetOf(channel)}</p>
          <p className="mt-0.5 text-xs text-ink-3">
            {lastDelivery ? (
              <>
                Last alert{' '}
                {lastDelivery.state === 'failed' ? (
                  <span className="text-bad">could not be delivered</span>
                ) : (
                  lastDelivery.state
                )}{' '}
                <TimeCell at={lastDelivery.at} form="relative" />
                {lastDelivery.error && <span className="text-bad">: {lastDelivery.error}</span>}
              </>
            ) : (
              'No alert has gone through it yet'
            )}
          </p>
        </div>
        <div className="flex items-center gap-2">
          <Switch
            label="On"
            checked={channel.enabled}
            disabled={!may || update.isPending}
            hint={reason}
            onChange={(enabled) => update.mutate({ enabled })}
          />
          <RoleButton
            needs="admin"
            variant="secondary"
            size="sm"
            pending={test.isPending}
            aria-label={`Send a test alert to ${channel.name}`}
            onClick={() => test.mutate(undefined)}
          >
            Send a test
          </RoleButton>
          <RoleButton
            needs="admin"
            variant="ghost"
            size="icon"
            aria-label={`Delete ${channel.name}`}
            onClick={() => setDeleting(true)}
          >
            <Trash2 aria-hidden />
          </RoleButton>
        </div>
      </div>
      {test.data?.error && <FailureNote failure={test.data.error} />}
      <ConfirmDialog
        open={deleting}
        onOpenChange={setDeleting}
        title={`Delete ${channel.name}?`}
        action="Delete the channel"
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate(undefined)}
      >
        <p>Alerts are no longer sent there. Its password or secret is deleted.</p>
      </ConfirmDialog>
    </li>
  )
}

function targetOf({ kind, config }: Channel): string {
  if (kind === 'webhook') return String(config['url'] ?? '')
  const to = Array.isArray(config['to']) ? config['to'].join(', ') : ''
  return `${to} through ${String(config['host'] ?? '')}:${String(config['port'] ?? '')}`
}
