import type { ReactNode } from 'react'
import { ProblemNote } from './problem-note'
import { SkeletonRows } from './skeleton'

interface ListStateProps {
  query: { isPending: boolean; error: unknown; data: { items: readonly unknown[] } | undefined }
  /** Shown when the list is known to be empty. */
  empty: ReactNode
  children: ReactNode
}

/** Loading, failed, empty and filled are four pictures. What was read before stays while a later reading fails. */
export function ListState({ query, empty, children }: ListStateProps) {
  if (query.data === undefined) {
    if (query.error)
      return (
        <div className="p-4 sm:p-5">
          <ProblemNote error={query.error} title="This list could not be read" />
        </div>
      )
    return <SkeletonRows />
  }
  return query.data.items.length === 0 ? empty : children
}
