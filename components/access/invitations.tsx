'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { MailPlus } from 'lucide-react'
import type { Invitation } from '@/lib/contracts/people/access'
import { TimeCell } from '@/components/cells/time-cell'
import { RoleButton } from '@/components/shell/role-button'
import { Badge } from '@/components/ui/badge'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { DataTable, type Column } from '@/components/ui/data-table'
import { invitationWords } from '@/lib/client/words/access-words'
import { api } from '@/lib/client/api'
import { invitationsQuery } from '@/lib/client/queries/access'
import { roleWords } from '@/lib/client/role'
import { useAction } from '@/lib/client/hooks/use-action'
import { InviteDialog } from './invite-dialog'

const columns: ReadonlyArray<Column<Invitation>> = [
  {
    key: 'for',
    header: 'For',
    cell: (invitation) => (
      <>
        <span className="block font-medium wrap-anywhere">{invitation.email}</span>
        <span className="block text-xs wrap-anywhere text-ink-3">
          {invitation.purpose === 'password' ? 'New password, by ' : 'Invited by '}
          {invitation.invitedBy}
        </span>
      </>
    ),
  },
  { key: 'role', header: 'Role', cell: (invitation) => roleWords[invitation.role].name },
  {
    key: 'state',
    header: 'State',
    cell: ({ state }) => <Badge tone={invitationWords[state].tone}>{invitationWords[state].label}</Badge>,
  },
  {
    key: 'ends',
    header: 'Ends',
    from: 'sm',
    cell: (invitation) => <TimeCell at={invitation.expiresAt} form="relative" />,
  },
  {
    key: 'actions',
    header: 'Actions',
    headerHidden: true,
    align: 'end',
    cell: (invitation) => <RevokeInvitation invitation={invitation} />,
  },
]

/** Links that wait to be followed, and what became of the others. For administrators. */
export function Invitations() {
  const invitations = useQuery(invitationsQuery())
  const [inviting, setInviting] = useState(false)
  return (
    <Card aria-labelledby="invitations-title">
      <CardHeader
        id="invitations-title"
        title="Invitations"
        note="A link with which someone makes their own account. It works once, for seven days."
        actions={
          <RoleButton needs="admin" size="sm" onClick={() => setInviting(true)}>
            Invite someone
          </RoleButton>
        }
      />
      <ListState query={invitations} empty={<EmptyState icon={<MailPlus />} title="Nobody was invited yet" />}>
        <DataTable
          label="Invitations"
          columns={columns}
          rows={invitations.data?.items ?? []}
          rowKey={(invitation) => invitation.id}
          rowProps={(invitation) => ({ className: invitation.state === 'open' ? '' : 'text-ink-3' })}
        />
      </ListState>
      {inviting && <InviteDialog open onOpenChange={setInviting} />}
    </Card>
  )
}

function RevokeInvitation({ invitation }: { invitation: Invitation }) {
  const revoke = useAction({
    run: () => api<unknown>(`/admin/invitations/${invitation.id}`, { method: 'DELETE' }),
    done: `The link for ${invitation.email} no longer works`,
  })
  return (
    invitation.state === 'open' && (
      <RoleButton
        needs="admin"
        variant="secondary"
        size="sm"
        pending={revoke.isPending}
        aria-label={`Revoke the link for ${invitation.email}`}
        onClick={() => revoke.mutate(undefined)}
      >
        Revoke
      </RoleButton>
    )
  )
}
