'use client'

import { useQuery } from '@tanstack/react-query'
import { UsersRound } from 'lucide-react'
import type { Approval, DecideApproval } from '@/lib/contracts/people/access'
import { TimeCell } from '@/components/cells/time-cell'
import { useMay } from '@/components/shell/viewer'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { DataTable, type Column } from '@/components/ui/data-table'
import { approvalWords } from '@/lib/client/words/access-words'
import { api } from '@/lib/client/api'
import { approvalsQuery } from '@/lib/client/queries/access'
import { useAction } from '@/lib/client/hooks/use-action'
import { FourEyes } from './four-eyes'

const columns: ReadonlyArray<Column<Approval>> = [
  {
    key: 'what',
    header: 'What',
    cell: (approval) => (
      <>
        <span className="block font-medium break-words">{approval.summary}</span>
        <span className="block text-xs text-ink-3">asked for by {approval.own ? 'you' : approval.requestedBy}</span>
      </>
    ),
  },
  {
    key: 'state',
    header: 'State',
    cell: (approval) => (
      <>
        <Badge tone={approvalWords[approval.state].tone}>{approvalWords[approval.state].label}</Badge>
        {approval.decidedBy && <span className="block text-xs text-ink-3">by {approval.decidedBy}</span>}
      </>
    ),
  },
  { key: 'asked', header: 'Asked', cell: (approval) => <TimeCell at={approval.requestedAt} form="relative" /> },
  {
    key: 'actions',
    header: 'Actions',
    headerHidden: true,
    align: 'end',
    className: 'whitespace-nowrap',
    cell: (approval) => <Decision approval={approval} />,
  },
]

/** Four eyes: whether they are asked for, and what waits for the second pair. */
export function Approvals() {
  const { may, reason } = useMay('operator')
  const approvals = useQuery({ ...approvalsQuery(), enabled: may })
  if (!may) return <EmptyState title="Viewers do not see approvals">{reason}</EmptyState>
  return (
    <div className="space-y-5">
      <FourEyes />
      <Card aria-labelledby="approvals-title">
        <CardHeader
          id="approvals-title"
          title="Asked for"
          note="After approval the person who asked repeats the action, once and within a day of asking."
        />
        <ListState query={approvals} empty={<EmptyState icon={<UsersRound />} title="Nothing was asked for" />}>
          <DataTable
            label="Approvals"
            columns={columns}
            rows={approvals.data?.items ?? []}
            rowKey={(approval) => approval.id}
            rowProps={(approval) => ({
              className: approval.state === 'waiting' || approval.state === 'approved' ? '' : 'text-ink-3',
            })}
          />
        </ListState>
      </Card>
    </div>
  )
}

function Decision({ approval }: { approval: Approval }) {
  const { may } = useMay('admin')
  const decide = useAction({
    run: (decision: DecideApproval['decision']) =>
      api<Approval>(`/admin/approvals/${approval.id}/decision`, { method: 'POST', body: { decision } }),
    done: (decided) => (decided.state === 'refused' ? 'Refused' : `Agreed: ${decided.requestedBy} can do it now`),
  })
  return (
    approval.state === 'waiting' &&
    may &&
    !approval.own && (
      <span className="inline-flex gap-2">
        <Button
          variant="secondary"
          size="sm"
          pending={decide.isPending}
          aria-label={`Refuse: ${approval.summary}`}
          onClick={() => decide.mutate('refused')}
        >
          Refuse
        </Button>
        <Button
          size="sm"
          pending={decide.isPending}
          aria-label={`Agree: ${approval.summary}`}
          onClick={() => decide.mutate('approved')}
        >
          Agree
        </Button>
      </span>
    )
  )
}
