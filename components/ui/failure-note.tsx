import type { ReactNode } from 'react'
import type { StoredFailure } from '@/lib/contracts/common'
import { Callout } from './callout'

/** What went wrong and what to do about it, in the words of the error itself. */
export function FailureNote({
  failure,
  title,
  actions,
}: {
  failure: StoredFailure
  title?: string
  actions?: ReactNode
}) {
  return (
    <Callout tone="bad" role="alert" title={title ?? failure.message} actions={actions}>
      {title && <p>{failure.message}</p>}
      {failure.remedy && <p>{failure.remedy}</p>}
      <p className="mt-1 font-mono text-xs text-ink-3">{failure.code}</p>
    </Callout>
  )
}
