'use client'

import type { UseQueryResult } from '@tanstack/react-query'
import type { RecoveryCheck } from '@/lib/contracts/recovery/recoveries'
import type { Source } from '@/lib/contracts/source'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { ProblemNote } from '@/components/ui/problem-note'
import { formatPrecise } from '@/lib/client/format/time'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { PlanFacts } from '../recoveries/plan-facts'
import { nearestOf, type NearPoint } from './chosen-point'

interface PointCheckProps {
  source: Source
  /** Something is chosen that can be asked for. */
  isComplete: boolean
  /** Null while the point is still being typed. */
  check: UseQueryResult<RecoveryCheck> | null
  onNear: (near: NearPoint) => void
}

/** What a recovery to the chosen point would do, or why there is none and which points are near. */
export function PointCheck({ isComplete, check, onNear }: PointCheckProps) {
  if (!isComplete)
    return <p className="text-[0.8125rem] text-ink-3">Choose a point: what would be done is said here then.</p>
  if (check?.error) return <Refused error={check.error} onNear={onNear} />
  if (!check?.data)
    return (
      <p role="status" className="text-[0.8125rem] text-ink-3">
        Asking what leads to it…
      </p>
    )
  const { plan } = check.data
  if (!plan)
    return (
      <Callout tone="info" role="status" title="The log has to be searched for it first">
        Whether it is there turns out when the recovery runs. Nothing is changed if it is not.
      </Callout>
    )
  return (
    <Callout tone="info" role="status" title="This point can be reached">
      <PlanFacts plan={plan} />
    </Callout>
  )
}

function Refused({ error, onNear }: { error: Error; onNear: (near: NearPoint) => void }) {
  const zone = useViewerTimeZone()
  const nearest = nearestOf(error)
  if (nearest.length === 0) return <ProblemNote error={error} />
  return (
    <Callout
      tone="bad"
      role="alert"
      title={error.message}
      actions={nearest.map((near) => (
        <Button
          key={`${near.side} ${near.position}`}
          variant="secondary"
          size="sm"
          className="h-auto min-h-8 shrink py-1 text-left whitespace-normal"
          onClick={() => onNear(near)}
        >
          {near.side === 'before' ? 'Nearest before' : 'Nearest after'}: {formatPrecise(new Date(near.time), zone)}
        </Button>
      ))}
    >
      These points can be reached instead.
    </Callout>
  )
}
