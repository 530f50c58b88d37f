'use client'

import { useQuery } from '@tanstack/react-query'
import { Layers } from 'lucide-react'
import type { RetentionPolicy } from '@/lib/contracts/retention'
import { NameLink } from '@/components/cells/name-link'
import { retentionWords } from '@/components/schedules/retention-words'
import { RoleLink } from '@/components/shell/role-link'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { PageHeader } from '@/components/ui/page-header'
import { DataTable, type Column } from '@/components/ui/data-table'
import { retentionPoliciesQuery } from '@/lib/client/queries/schedules'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { RetentionPauseNote } from './retention-pause-note'
import { RetentionSettings } from './retention-settings'

export function RetentionScreen() {
  const policies = useQuery(retentionPoliciesQuery())
  const sources = useQuery(sourcesQuery())
  const paused = sources.data?.items.filter((source) => source.retentionPause) ?? []
  const add = (
    <RoleLink needs="admin" href="/admin/retention/new">
      Add a policy
    </RoleLink>
  )
  return (
    <>
      <PageHeader
        title="Retention"
        intro="How long backups are kept. Schedules and destinations name a policy; what none names keeps everything."
        actions={add}
      />
      <div className="space-y-5">
        {paused.map((source) => (
          <RetentionPauseNote key={source.id} source={source} />
        ))}
        <Card aria-label="Retention policies">
          <ListState
            query={policies}
            empty={
              <EmptyState icon={<Layers />} title="There is no retention policy" actions={add}>
                Without one every backup is kept.
              </EmptyState>
            }
          >
            <PolicyTable policies={policies.data?.items ?? []} />
          </ListState>
        </Card>
        <RetentionSettings />
      </div>
    </>
  )
}

const columns: ReadonlyArray<Column<RetentionPolicy>> = [
  {
    key: 'policy',
    header: 'Policy',
    cell: (policy) => <NameLink href={`/admin/retention/${policy.id}`}>{policy.name}</NameLink>,
  },
  { key: 'keeps', header: 'Keeps', className: 'min-w-48 text-ink-2', cell: (policy) => retentionWords(policy.rules) },
  { key: 'used-by', header: 'Used by', className: 'text-ink-2', cell: (policy) => usedBy(policy) },
]

function PolicyTable({ policies }: { policies: readonly RetentionPolicy[] }) {
  return <DataTable label="Retention policies" columns={columns} rows={policies} rowKey={(policy) => policy.id} />
}

function usedBy({ usedBy: { sources, destinations } }: RetentionPolicy): string {
  const parts = [
    sources > 0 ? `${sources} ${sources === 1 ? 'source' : 'sources'}` : '',
    destinations > 0 ? `${destinations} ${destinations === 1 ? 'destination' : 'destinations'}` : '',
  ].filter(Boolean)
  return parts.length > 0 ? parts.join(', ') : 'nothing yet'
}
