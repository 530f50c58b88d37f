import type { ReactNode } from 'react'
import { ApiError } from '@/lib/client/api'
import { Callout } from './callout'

/** An error of a request: what happened, what to do, and where it makes sense a way to try again. */
export function ProblemNote({ error, title, actions }: { error: unknown; title?: string; actions?: ReactNode }) {
  const problem = error instanceof ApiError ? error.problem : null
  const message = problem?.detail ?? problem?.title ?? (error instanceof Error ? error.message : 'Something went wrong')
  return (
    <Callout tone="bad" role="alert" title={title ?? message} actions={actions}>
      {title && <p>{message}</p>}
      {problem?.remedy && <p>{problem.remedy}</p>}
    </Callout>
  )
}
