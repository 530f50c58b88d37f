import type { ReactNode } from 'react'
import { ProblemNote } from './problem-note'
import { SkeletonRows } from './skeleton'

/** What is known of a list: not yet, an error, or its items. */
export interface ListQuery<Item> {
  error: unknown
  data: { items: readonly Item[] } | undefined
}

interface ListStateProps {
  query: ListQuery<unknown>
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
