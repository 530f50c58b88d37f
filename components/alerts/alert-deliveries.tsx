import type { Alert } from '@/lib/contracts/alerting/alert'
import { TimeCell } from '@/components/cells/time-cell'
import { Badge } from '@/components/ui/badge'
import { deliveryPhaseWords, deliveryStateWords } from '@/lib/client/words/words'

interface AlertDeliveriesProps {
  deliveries: Alert['deliveries']
  channelNames: ReadonlyMap<string, string>
}

/** Who was notified, and what became of each message. */
export function AlertDeliveries({ deliveries, channelNames }: AlertDeliveriesProps) {
  if (deliveries.length === 0) {
    return <p className="mt-1 text-xs text-ink-3">Nobody was notified: no channel asks for it.</p>
  }
  const failed = deliveries.filter(({ error, state }) => error !== null && state !== 'skipped')
  return (
    <details className="mt-2" open={failed.length > 0}>
      <summary className="cursor-pointer text-xs text-ink-3">{summaryOf(deliveries)}</summary>
      <ul className="mt-2 space-y-1.5" aria-label="Who was notified">
        {deliveries.map((delivery) => {
          const { label, tone } = deliveryStateWords[delivery.state]
          return (
            <li key={delivery.id} className="text-xs text-ink-2">
              <Badge tone={tone}>{label}</Badge> {deliveryPhaseWords[delivery.phase]},{' '}
              {channelNames.get(delivery.channelId) ?? 'a deleted channel'},{' '}
              <TimeCell at={delivery.sentAt ?? delivery.nextAt ?? delivery.createdAt} form="inline" />
              {delivery.attempts > 1 && `, ${delivery.attempts} tries`}
              {delivery.error && <span className="block pl-1 break-words text-ink-3">{delivery.error}</span>}
            </li>
          )
        })}
      </ul>
    </details>
  )
}

function summaryOf(deliveries: Alert['deliveries']): string {
  const count = (state: Alert['deliveries'][number]['state']) =>
    deliveries.filter((each) => each.state === state).length
  const parts = [
    [count('sent'), 'sent'],
    [count('pending'), 'on the way'],
    [count('failed'), 'not delivered'],
    [count('skipped'), 'not told'],
  ] as const
  const told = parts.filter(([number]) => number > 0).map(([number, words]) => `${number} ${words}`)
  return `Messages: ${told.join(', ')}`
}
