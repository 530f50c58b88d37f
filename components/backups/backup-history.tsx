'use client'

import { useQuery } from '@tanstack/react-query'
import { Archive } from 'lucide-react'
import { EmptyState } from '@/components/ui/empty-state'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { Button } from '@/components/ui/button'
import { backupsQuery } from '@/lib/client/queries/backups'
import { useUrlState } from '@/lib/client/hooks/use-url-state'
import { backupSearch } from './backup-search'
import { BackupsTable } from './backups-table'
import { Pager } from './pager'

/** One page of the history as the address asks for it. */
export function BackupHistory({ sourceId }: { sourceId?: string }) {
  const { get, set } = useUrlState()
  const filter = backupSearch(get, sourceId)
  const { data, error, isPending, isPlaceholderData } = useQuery(backupsQuery(filter))
  const filtered = Boolean(
    filter.status ?? filter.verified ?? filter.from ?? filter.to ?? (sourceId ? undefined : filter.sourceId),
  )

  if (error && !data)
    return (
      <div className="p-4 sm:p-5">
        <ProblemNote error={error} title="The history could not be read" />
      </div>
    )
  if (isPending) return <SkeletonRows rows={6} label="Loading the history" />
  if (data.items.length === 0)
    return filtered ? (
      <EmptyState
        icon={<Archive />}
        title="No backup matches"
        actions={
          <Button
            variant="secondary"
            onClick={() =>
              set({
                source: undefined,
                status: undefined,
                verified: undefined,
                from: undefined,
                to: undefined,
                cursor: undefined,
              })
            }
          >
            Clear the filter
          </Button>
        }
      />
    ) : (
      <EmptyState icon={<Archive />} title="No backup has been taken yet">
        The first one starts with “Back up now”, or when its schedule is due.
      </EmptyState>
    )
  const ascending = filter.sort === 'startedAt'
  return (
    <div aria-busy={isPlaceholderData} className={isPlaceholderData ? 'opacity-60' : ''}>
      <BackupsTable
        backups={data.items}
        withSource={sourceId === undefined}
        ascending={ascending}
        onSort={() => set({ sort: ascending ? undefined : 'startedAt', cursor: undefined })}
      />
      <Pager nextCursor={data.nextCursor} />
    </div>
  )
}
