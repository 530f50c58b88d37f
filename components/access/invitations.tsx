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
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { invitationWords } from '@/lib/client/words/access-words'
import { api } from '@/lib/client/api'
import { invitationsQuery } from '@/lib/client/queries/access'
import { roleWords } from '@/lib/client/role'
import { useAction } from '@/lib/client/hooks/use-action'
import { InviteDialog } from './invite-dialog'

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
        <Table label="Invitations">
          <thead>
            <tr>
              <Th>For</Th>
              <Th>Role</Th>
              <Th>State</Th>
              <Th className="max-sm:hidden">Ends</Th>
              <Th>
                <span className="sr-only">Actions</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {invitations.data?.items.map((invitation) => (
              <InvitationRow key={invitation.id} invitation={invitation} />
            ))}
          </tbody>
        </Table>
      </ListState>
      {inviting && <InviteDialog open onOpenChange={setInviting} />}
    </Card>
  )
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const revoke = useAction({
    run: () => api<unknown>(`/admin/invitations/${invitation.id}`, { method: 'DELETE' }),
    done: `The link for ${invitation.email} does not work any more`,
  })
  const { label, tone } = invitationWords[invitation.state]
  return (
    <Tr className={invitation.state === 'open' ? '' : 'text-ink-3'}>
      <Td>
        <span className="block font-medium wrap-anywhere">{invitation.email}</span>
        <span className="block text-xs wrap-anywhere text-ink-3">
          {invitation.purpose === 'password' ? 'New password, by ' : 'Invited by '}
          {invitation.invitedBy}
        </span>
      </Td>
      <Td>{roleWords[invitation.role].name}</Td>
      <Td>
        <Badge tone={tone}>{label}</Badge>
      </Td>
      <Td className="max-sm:hidden">
        <TimeCell at={invitation.expiresAt} form="relative" />
      </Td>
      <Td className="text-right">
        {invitation.state === 'open' && (
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
        )}
      </Td>
    </Tr>
  )
}
