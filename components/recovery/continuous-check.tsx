'use client'

import { useQuery } from '@tanstack/react-query'
import { RefreshCw } from 'lucide-react'
import type { ContinuousCheck } from '@/lib/contracts/recovery/continuous'
import type { LogWay } from '@/lib/contracts/recovery/protection'
import { FindingNote } from '@/components/sources/finding-note'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { continuousCheckQuery } from '@/lib/client/queries/recovery'

const weight = { error: 0, warning: 1, info: 2 } as const

/** What the server of a source lacks, the worst first, each with the way to put it right. Nothing is changed there. */
export function ContinuousCheckNotes({ sourceId, log }: { sourceId: string; log: LogWay }) {
  const check = useQuery(continuousCheckQuery(sourceId, log))
  const again = (
    <Button variant="secondary" size="sm" pending={check.isFetching} onClick={() => void check.refetch()}>
      <RefreshCw aria-hidden /> Check again
    </Button>
  )
  if (check.isPending) return <SkeletonRows rows={2} label="Loading what the server lacks" />
  if (check.error) return <ProblemNote error={check.error} title="The server could not be asked" actions={again} />
  const { ready, findings } = check.data
  return (
    <div className="space-y-3" data-ready={ready}>
      <Summary check={check.data} />
      {findings
        .toSorted((one, other) => weight[one.severity] - weight[other.severity])
        .map((finding) => (
          <FindingNote key={`${finding.code}-${finding.message}`} finding={finding} />
        ))}
      {findings.length > 0 && again}
    </div>
  )
}

function Summary({ check: { ready, findings } }: { check: ContinuousCheck }) {
  const lacking = findings.filter(({ severity }) => severity === 'error').length
  if (!ready)
    return (
      <p role="status" className="font-medium">
        The server lacks {lacking === 1 ? 'one thing' : `${lacking} things`}. Holdfast changes nothing there: do what is
        said below, then check again.
      </p>
    )
  return (
    <Callout tone="info" role="status" title="The server has everything that is needed">
      {findings.length > 0 && 'What is said below stops nothing, and is good to know before.'}
    </Callout>
  )
}
