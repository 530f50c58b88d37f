'use client'

import Link from 'next/link'
import type { Schedule } from '@/lib/contracts/schedule'
import { NameLink } from '@/components/cells/name-link'
import { StateBadge } from '@/components/cells/state-badge'
import { TimeCell } from '@/components/cells/time-cell'
import { Badge } from '@/components/ui/badge'
import { DataTable, type Column } from '@/components/ui/data-table'
import { jobStates } from '@/lib/contracts/common'
import { cronWords } from '@/lib/client/words/cron-words'
import { levelWords } from '@/lib/client/words/words'
import { ScheduleSwitch } from './schedule-switch'
import { NextRuns } from './next-runs'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { pauseWords } from './pause-words'

const actionWords = { backup: 'Backup', 'restore-test': 'Restore test' } as const

const columnsOf = (zone: string, withSource: boolean): ReadonlyArray<Column<Schedule>> => [
  {
    key: 'what',
    header: 'What',
    cell: (schedule) => (
      <>
        <NameLink href={`/admin/schedules/${schedule.id}`}>
          {actionWords[schedule.action]}
          {withSource && ` of ${schedule.sourceName}`}
        </NameLink>
        {schedule.action === 'restore-test' && (
          <span className="block text-xs text-ink-3">{levelWords[schedule.options.level].label}</span>
        )}
        <span className="block text-xs text-ink-3 sm:hidden">{cronWords(schedule.cron) ?? schedule.cron}</span>
        {schedule.policyId && (
          <Link
            href={`/admin/policies/${schedule.policyId}`}
            className="block text-xs text-ink-3 underline-offset-4 hover:underline"
          >
            policy {schedule.policyName}
          </Link>
        )}
      </>
    ),
  },
  {
    key: 'when',
    header: 'When',
    from: 'sm',
    cell: (schedule) => (
      <>
        <span className="block">{cronWords(schedule.cron) ?? 'As the expression says'}</span>
        <span className="block text-xs whitespace-nowrap text-ink-3">
          <code className="font-mono">{schedule.cron}</code> {schedule.timeZone}
        </span>
      </>
    ),
  },
  {
    key: 'next-run',
    header: 'Next run',
    cell: (schedule) =>
      schedule.enabled ? (
        <NextRuns runs={schedule.nextRuns} timeZone={schedule.timeZone} />
      ) : (
        <>
          <Badge title={schedule.pause ? pauseWords(schedule.pause, zone) : undefined}>off</Badge>
          {schedule.pause && (
            <span className="mt-0.5 block max-w-56 text-xs text-ink-3">{pauseWords(schedule.pause, zone)}</span>
          )}
        </>
      ),
  },
  {
    key: 'last-run',
    header: 'Last run',
    from: 'sm',
    cell: (schedule) => <LastRun schedule={schedule} />,
  },
  {
    key: 'keeps',
    header: 'Keeps',
    from: 'sm',
    cell: (schedule) =>
      schedule.action === 'backup' ? (
        (schedule.retentionPolicyName ?? 'everything')
      ) : (
        <span className="text-ink-3">–</span>
      ),
  },
  { key: 'on', header: 'On', cell: (schedule) => <ScheduleSwitch schedule={schedule} /> },
]

export function ScheduleTable({
  schedules,
  withSource = true,
}: {
  schedules: readonly Schedule[]
  withSource?: boolean
}) {
  const zone = useViewerTimeZone()
  return (
    <DataTable
      label="Schedules"
      columns={columnsOf(zone, withSource)}
      rows={schedules}
      rowKey={(schedule) => schedule.id}
      rowProps={(schedule) => ({ className: schedule.enabled ? '' : 'text-ink-3' })}
    />
  )
}

function LastRun({ schedule }: { schedule: Schedule }) {
  const state = jobStates.find((name) => name === schedule.lastJob?.state)
  return schedule.lastJob && state ? (
    <span className="flex flex-col items-start gap-0.5">
      <StateBadge state={state} />
      {schedule.waitReason && <span className="block max-w-56 text-xs text-ink-2">{schedule.waitReason}</span>}
      <span className="text-xs text-ink-3">
        <TimeCell at={schedule.lastJob.finishedAt ?? schedule.lastJob.dueAt} form="relative" none="" />
      </span>
    </span>
  ) : (
    <span className="text-ink-3">not yet</span>
  )
}
