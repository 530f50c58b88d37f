'use client'

import Link from 'next/link'
import type { AnomalyIncident } from '@/lib/contracts/insight'
import { NameLink } from '@/components/cells/name-link'
import { TimeCell } from '@/components/cells/time-cell'
import { Badge } from '@/components/ui/badge'
import { Card, CardHeader } from '@/components/ui/card'

export function AnomaliesCard({ incidents }: { incidents: readonly AnomalyIncident[] }) {
  return (
    <Card aria-labelledby="anomalies-title">
      <CardHeader
        id="anomalies-title"
        title="Unusual backups"
        note="Size, duration, compression and what the engine counts, against the 20 good backups before"
      />
      {incidents.length === 0 ? (
        <p className="px-4 pt-1 pb-4 text-ink-3 sm:px-5">
          None in the last 30 days. A source is watched from its sixth good backup on.
        </p>
      ) : (
        <ul className="divide-y divide-line">
          {incidents.map((incident) => (
            <li key={incident.alertId} className="px-4 py-3 sm:px-5">
              <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <NameLink href={`/admin/sources/${incident.sourceId}`}>{incident.sourceName}</NameLink>
                {incident.resolvedAt ? (
                  <Badge>As usual again</Badge>
                ) : (
                  <Badge tone={incident.anomalies.some(({ severity }) => severity === 'critical') ? 'bad' : 'warn'}>
                    Open
                  </Badge>
                )}
                <span className="text-xs text-ink-3">
                  <TimeCell at={incident.lastSeenAt} form="relative" />
                </span>
                {incident.backupId && (
                  <Link
                    href={`/admin/backups/${incident.backupId}`}
                    className="text-xs text-ink-2 underline underline-offset-4"
                  >
                    The backup
                  </Link>
                )}
              </div>
              <ul className="mt-1 space-y-0.5 text-ink-2">
                {incident.anomalies.map(({ message }) => (
                  <li key={message} className="break-words">
                    {message}
                  </li>
                ))}
              </ul>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
