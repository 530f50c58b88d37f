import Link from 'next/link'
import type { Alert } from '@/lib/contracts/alerting/alert'
import { TimeCell } from '@/components/cells/time-cell'
import { RoleButton } from '@/components/shell/role-button'
import { Badge } from '@/components/ui/badge'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'
import { alertWords } from '@/lib/client/words/words'
import { AlertDeliveries } from './alert-deliveries'

export function AlertItem({ alert, channelNames }: { alert: Alert; channelNames: ReadonlyMap<string, string> }) {
  const open = alert.resolvedAt === null
  // Something that happened, not something that lasts.
  const notice = alert.resolvedAt === alert.openedAt
  const acknowledge = useAction({
    run: () => api<Alert>(`/admin/alerts/${alert.id}/acknowledge`, { method: 'POST' }),
    done: 'Acknowledged: no more reminders of this alert',
  })
  return (
    <li className="px-4 py-4 sm:px-5" data-alert={open ? 'open' : 'resolved'}>
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="flex flex-wrap items-center gap-2">
          <Badge tone={open ? (alert.severity === 'critical' ? 'bad' : 'warn') : 'neutral'}>
            {open ? 'Open' : notice ? 'Told' : 'Over'}
          </Badge>
          {open && alert.acknowledgedAt && <Badge>Acknowledged</Badge>}
          <span className="text-[0.8125rem] text-ink-3">{alertWords[alert.event]}</span>
          {alert.count > 1 && <span className="text-[0.8125rem] text-ink-3">{alert.count} times</span>}
        </div>
        {open && !alert.acknowledgedAt && (
          <RoleButton
            needs="operator"
            variant="secondary"
            size="sm"
            pending={acknowledge.isPending}
            aria-label={`Acknowledge ${alert.title}`}
            title="No more reminders of this alert"
            onClick={() => acknowledge.mutate(undefined)}
          >
            Acknowledge
          </RoleButton>
        )}
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
        {notice ? 'At' : 'Since'} <TimeCell at={alert.openedAt} form="inline" />
        {alert.acknowledgedAt && (
          <>
            , acknowledged by {alert.acknowledgedBy ?? 'someone'} <TimeCell at={alert.acknowledgedAt} form="relative" />
          </>
        )}
        {alert.resolvedAt && !notice && (
          <>
            , over <TimeCell at={alert.resolvedAt} form="inline" />
          </>
        )}
      </p>
      <AlertDeliveries deliveries={alert.deliveries} channelNames={channelNames} />
    </li>
  )
}
