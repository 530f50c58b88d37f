import Link from 'next/link'
import type { Alert } from '@/lib/contracts/alert'
import { TimeCell } from '@/components/cells/time-cell'
import { Badge } from '@/components/ui/badge'
import { alertWords } from '@/lib/client/words'

const deliveryTones = { pending: 'neutral', sent: 'info', failed: 'bad' } as const
const deliveryWords = { pending: 'on its way to', sent: 'sent to', failed: 'could not be sent to' } as const

export function AlertItem({ alert, channelNames }: { alert: Alert; channelNames: ReadonlyMap<string, string> }) {
  const open = alert.resolvedAt === null
  return (
    <li className="px-4 py-4 sm:px-5" data-alert={open ? 'open' : 'resolved'}>
      <div className="flex flex-wrap items-center gap-2">
        <Badge tone={open ? (alert.severity === 'critical' ? 'bad' : 'warn') : 'neutral'}>
          {open ? 'Open' : 'Over'}
        </Badge>
        <span className="text-[0.8125rem] text-ink-3">{alertWords[alert.event]}</span>
        {alert.count > 1 && <span className="text-[0.8125rem] text-ink-3">{alert.count} times</span>}
      </div>
      <p className="mt-1.5 font-medium break-words">
        {alert.sourceId ? (
          <Link href={`/admin/sources/${alert.sourceId}`} className="underline-offset-4 hover:underline">
            {alert.title}
          </Link>
        ) : (
          alert.title
        )}
      </p>
      <p className="mt-0.5 max-w-3xl text-[0.8125rem] break-words whitespace-pre-line text-ink-2">{alert.body}</p>
      <p className="mt-2 text-xs text-ink-3">
        Since <TimeCell at={alert.openedAt} form="inline" />
        {alert.resolvedAt && (
          <>
            , over <TimeCell at={alert.resolvedAt} form="inline" />
          </>
        )}
      </p>
      {alert.deliveries.length > 0 ? (
        <ul className="mt-2 flex flex-wrap gap-1.5" aria-label="Who was told">
          {alert.deliveries.map((delivery) => (
            <li key={`${delivery.channelId}-${delivery.phase}`}>
              <Badge tone={deliveryTones[delivery.state]} title={delivery.error ?? undefined}>
                {delivery.phase === 'resolved' ? 'End' : 'Alert'} {deliveryWords[delivery.state]}{' '}
                {channelNames.get(delivery.channelId) ?? 'a deleted channel'}
              </Badge>
            </li>
          ))}
        </ul>
      ) : (
        <p className="mt-1 text-xs text-ink-3">Nobody was told: there was no channel.</p>
      )}
    </li>
  )
}
