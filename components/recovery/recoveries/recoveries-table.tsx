'use client'

import Link from 'next/link'
import { useQuery } from '@tanstack/react-query'
import { History } from 'lucide-react'
import type { Recovery } from '@/lib/contracts/recovery/recoveries'
import { Pager } from '@/components/backups/pager'
import { NameLink } from '@/components/cells/name-link'
import { TimeCell } from '@/components/cells/time-cell'
import { Card, CardHeader } from '@/components/ui/card'
import { DataTable, type Column } from '@/components/ui/data-table'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { useUrlState } from '@/lib/client/hooks/use-url-state'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { recoveriesQuery } from '@/lib/client/queries/recovery'
import { recoveryUseWords, targetWords } from '@/lib/client/words/recovery-words'
import { tellFailure } from '@/lib/core/tell-failure'
import { recoveriesCursor } from './recoveries-cursor'
import { RecoveryState } from './recovery-state'

const columns: ReadonlyArray<Column<Recovery>> = [
  {
    key: 'of',
    header: 'Recovery',
    cell: (recovery) => (
      <>
        <NameLink href={`/admin/recoveries/${recovery.id}`}>{recovery.sourceName}</NameLink>
        <span className="block text-xs text-ink-3">
          <Target recovery={recovery} />
        </span>
      </>
    ),
  },
  {
    key: 'state',
    header: 'State',
    className: 'max-w-72',
    cell: ({ state, error }) => (
      <>
        <RecoveryState state={state} />
        {error && <span className="mt-0.5 block text-xs break-words text-bad">{tellFailure(error)}</span>}
      </>
    ),
  },
  {
    key: 'use',
    header: 'Use',
    cell: ({ use, place }) => (
      <>
        {recoveryUseWords[use].label}
        {place !== null && <span className="block text-xs break-words text-ink-3">{place}</span>}
      </>
    ),
  },
  { key: 'started', header: 'Started', from: 'sm', cell: ({ startedAt }) => <TimeCell at={startedAt} /> },
]

/** Recoveries to a point, newest first. */
export function RecoveriesTable() {
  const { get } = useUrlState()
  const recoveries = useQuery(recoveriesQuery({ limit: 25, cursor: get(recoveriesCursor) }))
  return (
    <Card aria-labelledby="recoveries-title">
      <CardHeader id="recoveries-title" title="Recoveries to a point" />
      <ListState
        query={recoveries}
        empty={
          <EmptyState
            icon={<History />}
            title="Nothing has been recovered to a point yet"
            actions={
              <Link href="/admin/sources" className="text-accent underline underline-offset-4">
                Choose a source that is protected continuously
              </Link>
            }
          />
        }
      >
        <DataTable
          label="Recoveries to a point"
          columns={columns}
          rows={recoveries.data?.items ?? []}
          rowKey={({ id }) => id}
        />
        <Pager nextCursor={recoveries.data?.nextCursor ?? null} name={recoveriesCursor} />
      </ListState>
    </Card>
  )
}

function Target({ recovery }: { recovery: Recovery }) {
  return <>{targetWords(recovery.target, useViewerTimeZone())}</>
}
