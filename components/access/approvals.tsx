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
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { approvalWords } from '@/lib/client/words/access-words'
import { api } from '@/lib/client/api'
import { approvalsQuery } from '@/lib/client/queries/access'
import { useAction } from '@/lib/client/hooks/use-action'
import { FourEyes } from './four-eyes'

/** Four eyes: whether they are asked for, and what waits for the second pair. */
export function Approvals() {
  const { may, reason } = useMay('operator')
  const approvals = useQuery({ ...approvalsQuery(), enabled: may })
  if (!may) return <EmptyState title="Approvals are not for viewers">{reason}</EmptyState>
  return (
    <div className="space-y-5">
      <FourEyes />
      <Card aria-labelledby="approvals-title">
        <CardHeader
          id="approvals-title"
          title="Asked for"
          note="Whoever asked does it once more after it was agreed to, within a day of asking. It is good for one time."
        />
        <ListState query={approvals} empty={<EmptyState icon={<UsersRound />} title="Nothing was asked for" />}>
          <Table label="Approvals">
            <thead>
              <tr>
                <Th>What</Th>
                <Th>State</Th>
                <Th>Asked</Th>
                <Th>
                  <span className="sr-only">Actions</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {approvals.data?.items.map((approval) => (
                <ApprovalRow key={approval.id} approval={approval} />
              ))}
            </tbody>
          </Table>
        </ListState>
      </Card>
    </div>
  )
}

function ApprovalRow({ approval }: { approval: Approval }) {
  const { may } = useMay('admin')
  const decide = useAction({
    run: (decision: DecideApproval['decision']) =>
      api<Approval>(`/admin/approvals/${approval.id}/decision`, { method: 'POST', body: { decision } }),
    done: (decided) => (decided.state === 'refused' ? 'Refused' : `Agreed: ${decided.requestedBy} can do it now`),
  })
  const { label, tone } = approvalWords[approval.state]
  return (
    <Tr className={approval.state === 'waiting' || approval.state === 'approved' ? '' : 'text-ink-3'}>
      <Td>
        <span className="block font-medium break-words">{approval.summary}</span>
        <span className="block text-xs text-ink-3">asked for by {approval.own ? 'you' : approval.requestedBy}</span>
      </Td>
      <Td>
        <Badge tone={tone}>{label}</Badge>
        {approval.decidedBy && <span className="block text-xs text-ink-3">by {approval.decidedBy}</span>}
      </Td>
      <Td>
        <TimeCell at={approval.requestedAt} form="relative" />
      </Td>
      <Td className="text-right whitespace-nowrap">
        {approval.state === 'waiting' && may && !approval.own && (
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
        )}
      </Td>
    </Tr>
  )
}
