'use client'

import { useState, type ReactNode } from 'react'
import Link from 'next/link'
import { CircleAlert, CircleDashed, OctagonAlert, ShieldCheck, ShieldQuestion } from 'lucide-react'
import type { Status } from '@/lib/contracts/status'
import { BytesCell } from '@/components/cells/bytes-cell'
import { TimeCell } from '@/components/cells/time-cell'
import { Card } from '@/components/ui/card'
import { cn } from '@/lib/client/cn'
import { hasBanner, reasonHref } from './verdict'

const looks = {
  proven: { box: 'bg-proven-soft text-proven', Icon: ShieldCheck },
  info: { box: 'bg-info-soft text-info', Icon: ShieldQuestion },
  neutral: { box: 'bg-muted text-ink-3', Icon: CircleDashed },
  warn: { box: 'bg-warn-soft text-warn', Icon: CircleAlert },
  bad: { box: 'bg-bad-soft text-bad', Icon: OctagonAlert },
} as const

const marks = {
  healthy: 'bg-info-fill',
  degraded: 'bg-warn-fill',
  unhealthy: 'bg-bad-fill',
  unknown: 'bg-line-strong',
} as const

const firstReasons = 8

/** The status widget: one sentence, why it is not better, and the numbers behind it. */
export function BackupStatus({ status }: { status: Status }) {
  const { text, tone } = status.headline
  const { box, Icon } = looks[tone]
  const { totals } = status
  const reasons = status.reasons.filter(
    (reason) => reason.level !== 'healthy' && !hasBanner(reason, status.worker.alive),
  )
  const failed = totals.failedLast24h
  const [all, setAll] = useState(false)
  const told = all ? reasons : reasons.slice(0, firstReasons)
  const untold = reasons.length - told.length + (all ? 0 : status.omitted.reasons)
  return (
    <Card aria-labelledby="verdict" data-health={status.health}>
      <div className="flex flex-col gap-4 p-4 sm:flex-row sm:p-5">
        <div className={cn('flex size-11 shrink-0 items-center justify-center rounded-full', box)}>
          <Icon className="size-6" aria-hidden />
        </div>
        <div className="min-w-0 flex-1">
          <h2 id="verdict" className="text-lg leading-snug font-semibold">
            {text}
          </h2>
          {reasons.length > 0 ? (
            <ul className="mt-2 space-y-1" aria-label="Reasons">
              {told.map((reason) => {
                const href = reasonHref(reason)
                return (
                  <li key={`${reason.code}-${reason.sourceId}-${reason.message}`} className="flex gap-2">
                    <span
                      className={cn('mt-[0.45rem] size-1.5 shrink-0 rounded-full', marks[reason.level])}
                      aria-hidden
                    />
                    {href ? (
                      <Link
                        href={href}
                        className="min-w-0 break-words text-ink-2 underline decoration-line-strong/60 underline-offset-4 hover:text-ink"
                      >
                        {reason.message}
                      </Link>
                    ) : (
                      <span className="min-w-0 break-words text-ink-2">{reason.message}</span>
                    )}
                  </li>
                )
              })}
              {untold > 0 && (
                <li>
                  <button
                    type="button"
                    className="ml-3.5 text-ink-3 underline underline-offset-4 hover:text-ink"
                    onClick={() => setAll(true)}
                  >
                    {untold.toLocaleString('en')} more
                  </button>
                </li>
              )}
              {all && status.omitted.reasons > 0 && (
                <li className="ml-3.5 text-ink-3">
                  and {status.omitted.reasons.toLocaleString('en')} more of the same or lower severity
                </li>
              )}
            </ul>
          ) : (
            totals.own.sources > 0 && (
              <p className="mt-1 text-ink-2">No run failed or was missed, and every source has a recent good backup.</p>
            )
          )}
          {status.catalog && <p className="mt-2 text-[0.8125rem] text-ink-2">{status.catalog.words}</p>}
          <p className="mt-2 text-xs text-ink-3">
            Checked <TimeCell at={status.checkedAt} form="relative" />
          </p>
        </div>
      </div>
      {totals.sources > 0 && (
        <dl className="grid grid-cols-2 divide-line border-t border-line max-sm:[&>*:nth-child(n+3)]:border-t sm:grid-cols-4 sm:divide-x">
          <Figure
            name="Proven"
            value={totals.own.sources === 0 ? '–' : `${totals.own.provenSources} of ${totals.own.sources}`}
            note={totals.own.exceptSources > 0 ? `${totals.own.exceptSources} with exceptions` : undefined}
          />
          <Figure name="Backups kept" value={totals.backups.toLocaleString('en')} />
          <Figure name="Stored" value={<BytesCell bytes={totals.storedBytes} />} />
          <Figure
            name="Failed in 24 h"
            value={
              failed > 0 ? (
                <Link className="text-bad underline underline-offset-4" href="/admin/backups?status=failed">
                  {failed}
                </Link>
              ) : (
                '0'
              )
            }
          />
        </dl>
      )}
    </Card>
  )
}

function Figure({ name, value, note }: { name: string; value: ReactNode; note?: string | undefined }) {
  return (
    <div className="border-line px-4 py-3 sm:px-5">
      <dt className="text-xs text-ink-3">{name}</dt>
      <dd className="tabular mt-0.5 text-base font-semibold">
        {value}
        {note && <span className="ml-2 text-xs font-normal text-ink-3">{note}</span>}
      </dd>
    </div>
  )
}
