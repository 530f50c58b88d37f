'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Server } from 'lucide-react'
import type { RestoreGrant } from '@/lib/contracts/people/restore-grant'
import type { Source } from '@/lib/contracts/source'
import { TimeCell } from '@/components/cells/time-cell'
import { RoleButton } from '@/components/shell/role-button'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { DataTable, type Column } from '@/components/ui/data-table'
import { api } from '@/lib/client/api'
import { restoreGrantsQuery } from '@/lib/client/queries/restore-grants'
import { useAction } from '@/lib/client/hooks/use-action'
import { RestoreGrantDialog } from './restore-grant-dialog'

const columns: ReadonlyArray<Column<RestoreGrant>> = [
  {
    key: 'source',
    header: 'Source',
    cell: (grant) => (
      <>
        <span className="block font-medium wrap-anywhere">{grant.targetName}</span>
        <span className="block text-xs wrap-anywhere text-ink-3">by {grant.grantedBy}</span>
      </>
    ),
  },
  { key: 'allowed', header: 'Allowed', from: 'sm', cell: (grant) => <TimeCell at={grant.grantedAt} form="relative" /> },
  {
    key: 'actions',
    header: 'Actions',
    headerHidden: true,
    align: 'end',
    cell: (grant) => <WithdrawGrant grant={grant} />,
  },
]

/** Other sources with whose role this one's backups may be restored. Its own server needs no word. */
export function RestoreGrantsCard({ source }: { source: Source }) {
  const grants = useQuery(restoreGrantsQuery(source.id))
  const [adding, setAdding] = useState(false)
  const own = source.catalog
    ? 'Holdfast’s own catalog is never restored to the server that holds it.'
    : 'Its own server, and:'
  return (
    <Card aria-labelledby="restore-grants-title">
      <CardHeader
        id="restore-grants-title"
        title="Where its backups may be restored"
        note={own}
        actions={
          <RoleButton needs="admin" variant="secondary" size="sm" onClick={() => setAdding(true)}>
            Allow another
          </RoleButton>
        }
      />
      <ListState
        query={grants}
        empty={
          <EmptyState icon={<Server />} title="No other server">
            What a backup contains runs with the role of the server it is restored to, so an administrator allows each.
          </EmptyState>
        }
      >
        <DataTable
          label="Servers its backups may be restored to"
          columns={columns}
          rows={grants.data?.items ?? []}
          rowKey={(grant) => grant.id}
        />
      </ListState>
      {adding && (
        <RestoreGrantDialog open onOpenChange={setAdding} source={source} granted={grants.data?.items ?? []} />
      )}
    </Card>
  )
}

function WithdrawGrant({ grant }: { grant: RestoreGrant }) {
  const withdraw = useAction({
    run: () => api<void>(`/admin/restore-grants/${grant.id}`, { method: 'DELETE' }),
    done: `Nothing is restored to ${grant.targetName} any more`,
  })
  return (
    <RoleButton
      needs="admin"
      variant="secondary"
      size="sm"
      pending={withdraw.isPending}
      aria-label={`Withdraw ${grant.targetName}`}
      onClick={() => withdraw.mutate(undefined)}
    >
      Withdraw
    </RoleButton>
  )
}
