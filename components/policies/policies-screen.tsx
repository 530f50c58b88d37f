'use client'

import { useQuery } from '@tanstack/react-query'
import { ClipboardList } from 'lucide-react'
import type { Policy } from '@/lib/contracts/policy'
import { NameLink } from '@/components/cells/name-link'
import { NextRuns } from '@/components/schedules/next-runs'
import { ListScreen } from '@/components/shell/list-screen'
import { DataTable, type Column } from '@/components/ui/data-table'
import { cronWords } from '@/lib/client/words/cron-words'
import { policiesQuery } from '@/lib/client/queries/policies'

const actionWords = { backup: 'Backup', 'restore-test': 'Restore test' } as const

const columns: ReadonlyArray<Column<Policy>> = [
  {
    key: 'name',
    header: 'Name',
    cell: (policy) => (
      <>
        <NameLink href={`/admin/policies/${policy.id}`}>{policy.name}</NameLink>
        <span className="block text-xs text-ink-3">{actionWords[policy.action]}</span>
        <span className="block text-xs text-ink-3 sm:hidden">{cronWords(policy.cron) ?? policy.cron}</span>
      </>
    ),
  },
  {
    key: 'when',
    header: 'When',
    from: 'sm',
    cell: (policy) => (
      <>
        <span className="block">{cronWords(policy.cron) ?? 'As the expression says'}</span>
        <span className="block text-xs whitespace-nowrap text-ink-3">
          <code className="font-mono">{policy.cron}</code> {policy.timeZone}
        </span>
      </>
    ),
  },
  {
    key: 'next-run',
    header: 'Next run',
    cell: (policy) =>
      policy.sources.some(({ enabled }) => enabled) ? (
        <NextRuns runs={policy.nextRuns} timeZone={policy.timeZone} />
      ) : (
        <span className="text-ink-3">nothing follows it</span>
      ),
  },
  {
    key: 'keeps',
    header: 'Keeps',
    from: 'sm',
    cell: (policy) =>
      policy.action === 'backup' ? (policy.retentionPolicyName ?? 'everything') : <span className="text-ink-3">–</span>,
  },
  {
    key: 'sources',
    header: 'Sources',
    className: 'max-w-72',
    cell: (policy) => (
      <>
        <span className="tabular block">{policy.sources.length}</span>
        <span className="block truncate text-xs text-ink-3">{policy.sources.map(({ name }) => name).join(', ')}</span>
      </>
    ),
  },
]

export function PoliciesScreen() {
  const policies = useQuery(policiesQuery())
  return (
    <ListScreen
      title="Policies"
      intro="One timing, set of destinations and retention for many sources. Changing a policy changes all that follow it."
      add={{ href: '/admin/policies/new', label: 'Add a policy' }}
      query={policies}
      empty={{
        icon: <ClipboardList />,
        title: 'No policy yet',
        text: 'Sources can have schedules of their own; a policy is for those that should be looked after alike.',
      }}
    >
      {(items) => <DataTable label="Policies" columns={columns} rows={items} rowKey={(policy) => policy.id} />}
    </ListScreen>
  )
}
