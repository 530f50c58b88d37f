'use client'

import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import type { ShownPlan } from '@/lib/contracts/recovery/recoveries'
import { BytesCell } from '@/components/cells/bytes-cell'
import { formatExact, formatPrecise } from '@/lib/client/format/time'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { backupQuery } from '@/lib/client/queries/backups'

/** What a recovery does, in sentences. */
export function PlanFacts({ plan }: { plan: ShownPlan }) {
  const zone = useViewerTimeZone()
  const { data: base } = useQuery(backupQuery(plan.backupId))
  const finishedAt = base?.finishedAt
  const ends = [
    plan.position === null ? [] : `position ${plan.position}`,
    plan.time === null ? [] : formatPrecise(new Date(plan.time), zone),
  ].flat()
  return (
    <ul className="list-disc space-y-0.5 pl-4">
      <li>
        It begins with the{' '}
        <Link href={`/admin/backups/${plan.backupId}`} className="underline underline-offset-4">
          base backup{finishedAt ? ` of ${formatExact(new Date(finishedAt), zone)}` : ''}
        </Link>
        , and replays <BytesCell bytes={plan.logBytes} /> of log at most, along timeline {plan.timeline}.
      </li>
      {plan.because && <li>{plan.because}</li>}
      {ends.length > 0 && <li className="tabular">It ends at {ends.join(', ')}.</li>}
    </ul>
  )
}
