'use client'

import { useQuery } from '@tanstack/react-query'
import type { Channel, Delivery } from '@/lib/contracts/alerting/alert'
import { TimeCell } from '@/components/cells/time-cell'
import { Badge } from '@/components/ui/badge'
import { Dialog } from '@/components/ui/dialog'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { deliveriesQuery } from '@/lib/client/queries/alerts'
import { deliveryPhaseWords, deliveryStateWords } from '@/lib/client/words/words'

interface DeliveriesDialogProps {
  channel: Channel
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** What was sent through a channel and what could not be, newest first. */
export function DeliveriesDialog({ channel, open, onOpenChange }: DeliveriesDialogProps) {
  const deliveries = useQuery(deliveriesQuery(channel.id))
  return (
    <Dialog open={open} onOpenChange={onOpenChange} wide title={`Sent to ${channel.name}`}>
      <ListState query={deliveries} empty={<EmptyState title="Nothing was sent there yet" />}>
        <ul className="divide-y divide-line" aria-label="Deliveries">
          {deliveries.data?.items.map((delivery) => (
            <DeliveryItem key={delivery.id} delivery={delivery} />
          ))}
        </ul>
        {deliveries.data?.nextCursor && <p className="pt-3 text-xs text-ink-3">Older ones are left out here.</p>}
      </ListState>
    </Dialog>
  )
}

function DeliveryItem({ delivery }: { delivery: Delivery }) {
  const { label, tone } = deliveryStateWords[delivery.state]
  return (
    <li className="py-2.5">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={tone}>{label}</Badge>
        <span className="text-[0.8125rem] text-ink-3">{deliveryPhaseWords[delivery.phase]}</span>
        <TimeCell at={delivery.sentAt ?? delivery.createdAt} form="inline" />
      </p>
      <p className="mt-1 break-words">{delivery.title}</p>
      {delivery.error && <p className="text-xs break-words text-ink-2">{delivery.error}</p>}
      <p className="text-xs text-ink-3">
        {delivery.attempts} {delivery.attempts === 1 ? 'try' : 'tries'}
        {delivery.nextAt && (
          <>
            , next <TimeCell at={delivery.nextAt} form="inline" />
          </>
        )}
      </p>
    </li>
  )
}
