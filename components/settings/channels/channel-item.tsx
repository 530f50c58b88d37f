'use client'

import { useState } from 'react'
import { Pencil, Trash2 } from 'lucide-react'
import type { Channel, ChannelTest, UpdateChannel } from '@/lib/contracts/alerting/alert'
import { TimeCell } from '@/components/cells/time-cell'
import { RoleButton } from '@/components/shell/role-button'
import { useMay } from '@/components/shell/viewer'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Switch } from '@/components/ui/check'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { FailureNote } from '@/components/ui/failure-note'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'
import { channelKindWords, deliveryStateWords } from '@/lib/client/words/words'
import { ChannelDialog } from './channel-dialog'
import { DeliveriesDialog } from './deliveries-dialog'
import { ReceiverWords } from './receiver-words'
import { routingWords } from './routing-words'

export function ChannelItem({ channel }: { channel: Channel }) {
  const { may, reason } = useMay('admin')
  const [open, setOpen] = useState<'edit' | 'deliveries' | 'delete' | null>(null)
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
  const close = (shown: boolean) => setOpen(shown ? open : null)
  return (
    <li className="space-y-3 px-4 py-4 sm:px-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="min-w-0">
          <p className="font-medium break-words">
            {channel.name} <Badge>{channelKindWords[channel.kind]}</Badge>{' '}
            {channel.failing && <Badge tone="bad">Does not deliver</Badge>}
          </p>
          <p className="text-xs break-all text-ink-3">{channel.target}</p>
          <p className="mt-0.5 text-xs text-ink-3">{routingWords(channel.routing)}</p>
          <LastDelivery channel={channel} />
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <Switch
            label="On"
            checked={channel.enabled}
            disabled={!may || update.isPending}
            hint={reason}
            onChange={(enabled) => update.mutate({ enabled })}
          />
          <Button
            variant="ghost"
            size="sm"
            aria-label={`What was sent to ${channel.name}`}
            onClick={() => setOpen('deliveries')}
          >
            History
          </Button>
          <RoleButton
            needs="operator"
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
            aria-label={`Change ${channel.name}`}
            onClick={() => setOpen('edit')}
          >
            <Pencil aria-hidden />
          </RoleButton>
          <RoleButton
            needs="admin"
            variant="ghost"
            size="icon"
            aria-label={`Delete ${channel.name}`}
            onClick={() => setOpen('delete')}
          >
            <Trash2 aria-hidden />
          </RoleButton>
        </div>
      </div>
      {test.data?.error && <FailureNote failure={test.data.error} />}
      {test.data?.error && <ReceiverWords failure={test.data.error} />}
      {open === 'edit' && <ChannelDialog channel={channel} open onOpenChange={close} />}
      {open === 'deliveries' && <DeliveriesDialog channel={channel} open onOpenChange={close} />}
      <ConfirmDialog
        open={open === 'delete'}
        onOpenChange={close}
        title={`Delete ${channel.name}?`}
        action="Delete the channel"
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate(undefined)}
      >
        <p>Alerts are no longer sent there. Its password, address or key is deleted.</p>
      </ConfirmDialog>
    </li>
  )
}

function LastDelivery({ channel: { lastDelivery } }: { channel: Channel }) {
  if (!lastDelivery) return <p className="mt-0.5 text-xs text-ink-3">No alert has gone through it yet</p>
  const { label, tone } = deliveryStateWords[lastDelivery.state]
  return (
    <p className="mt-0.5 text-xs text-ink-3">
      Last alert <span className={tone === 'bad' ? 'text-bad' : ''}>{label}</span>{' '}
      <TimeCell at={lastDelivery.at} form="relative" />
      {lastDelivery.error && <span className="break-words text-bad">: {lastDelivery.error}</span>}
    </p>
  )
}
