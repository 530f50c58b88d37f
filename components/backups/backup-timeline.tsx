'use client'

import { useQuery } from '@tanstack/react-query'
import type { BackupDetail } from '@/lib/contracts/backup'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { cn } from '@/lib/client/cn'
import { formatExact } from '@/lib/client/format/time'
import { restoreTestsQuery } from '@/lib/client/queries/restore-tests'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { stateWords, verdictWords, type Tone } from '@/lib/client/words/words'

const dots: Record<Tone, string> = {
  proven: 'bg-proven-fill',
  info: 'bg-info-fill',
  neutral: 'bg-line-strong',
  warn: 'bg-warn-fill',
  bad: 'bg-bad-fill',
  running: 'bg-accent',
}

/** What happened to this backup, oldest first. */
export function BackupTimeline({ backup }: { backup: BackupDetail }) {
  const zone = useViewerTimeZone()
  const { data: tests } = useQuery(restoreTestsQuery({ backupId: backup.id, limit: 50 }))
  const events: Array<{ at: string; text: string; tone: Tone }> = [
    ...(backup.dueAt ? [{ at: backup.dueAt, text: 'Due by its schedule', tone: 'neutral' as const }] : []),
    { at: backup.startedAt, text: 'Started', tone: 'neutral' },
    ...backup.copies.flatMap((copy) =>
      copy.storedAt ? [{ at: copy.storedAt, text: `Confirmed in ${copy.destinationName}`, tone: 'info' as const }] : [],
    ),
    ...(backup.finishedAt
      ? [{ at: backup.finishedAt, text: stateWords[backup.status].label, tone: stateWords[backup.status].tone }]
      : []),
    ...(tests?.items ?? []).flatMap((test) =>
      test.finishedAt
        ? [
            {
              at: test.finishedAt,
              text: `Restore test (${test.level}): ${(test.verdict ? verdictWords[test.verdict].label : 'no verdict').toLowerCase()}`,
              tone: test.verdict ? verdictWords[test.verdict].tone : ('neutral' as const),
            },
          ]
        : [],
    ),
    ...(backup.deletedAt ? [{ at: backup.deletedAt, text: 'Deleted', tone: 'neutral' as const }] : []),
  ]
  events.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  return (
    <Card aria-labelledby="timeline-title">
      <CardHeader id="timeline-title" title="Timeline" />
      <CardBody>
        <ol className="relative space-y-3 before:absolute before:top-2 before:bottom-2 before:left-[3.5px] before:w-px before:bg-line">
          {events.map((event) => (
            <li key={`${event.at}-${event.text}`} className="relative flex gap-3">
              <span className={cn('mt-1.5 size-2 shrink-0 rounded-full', dots[event.tone])} aria-hidden />
              <span className="min-w-0">
                <span className="block">{event.text}</span>
                <time className="tabular block text-xs text-ink-3" dateTime={event.at}>
                  {formatExact(new Date(event.at), zone)}
                </time>
              </span>
            </li>
          ))}
        </ol>
      </CardBody>
    </Card>
  )
}
