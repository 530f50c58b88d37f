'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Link2, MonitorSmartphone, MoreHorizontal, ShieldOff, UserCheck, UserX } from 'lucide-react'
import type { CreatedInvitation } from '@/lib/contracts/people/access'
import type { User } from '@/lib/contracts/people/people'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Dialog } from '@/components/ui/dialog'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu'
import { api } from '@/lib/client/api'
import { sessionsOfQuery } from '@/lib/client/queries/access'
import { useAction } from '@/lib/client/hooks/use-action'
import { LinkDialog } from './link-dialog'
import { SessionsTable } from './sessions-table'

/** What an administrator does for someone who forgot or lost something, or who left a session open. */
export function UserActions({ user, onDisable }: { user: User; onDisable: (disabled: boolean) => void }) {
  const [asking, setAsking] = useState<'second-factor' | 'sessions' | null>(null)
  const [made, setMade] = useState<CreatedInvitation | null>(null)
  const link = useAction({
    run: () => api<CreatedInvitation>(`/admin/users/${user.id}/password-link`, { method: 'POST' }),
    onDone: setMade,
  })
  const reset = useAction({
    run: () => api<unknown>(`/admin/users/${user.id}/second-factor`, { method: 'DELETE' }),
    done: `${user.email} signs in with the password alone`,
    errors: 'inline',
    onDone: () => setAsking(null),
  })
  return (
    <>
      <Menu
        trigger={
          <Button variant="ghost" size="icon" aria-label={`More for ${user.email}`} pending={link.isPending}>
            <MoreHorizontal aria-hidden />
          </Button>
        }
      >
        <MenuItem
          disabled={!user.signsInWith.includes('password')}
          title={user.signsInWith.includes('password') ? undefined : 'Signs in through the identity provider alone'}
          onSelect={() => link.mutate(undefined)}
        >
          <Link2 aria-hidden /> Link for a new password
        </MenuItem>
        <MenuItem
          disabled={!user.secondFactor}
          title={user.secondFactor ? undefined : 'There is none'}
          onSelect={() => setAsking('second-factor')}
        >
          <ShieldOff aria-hidden /> Remove the second factor
        </MenuItem>
        <MenuItem onSelect={() => setAsking('sessions')}>
          <MonitorSmartphone aria-hidden /> Sessions
        </MenuItem>
        <MenuSeparator />
        <MenuItem onSelect={() => onDisable(!user.disabled)}>
          {user.disabled ? <UserCheck aria-hidden /> : <UserX aria-hidden />}
          {user.disabled ? 'Let in again' : 'Disable'}
        </MenuItem>
      </Menu>
      {made && <LinkDialog made={made} onClose={() => setMade(null)} />}
      <ConfirmDialog
        open={asking === 'second-factor'}
        onOpenChange={(open) => setAsking(open ? asking : null)}
        title={`Remove the second factor of ${user.email}?`}
        action="Remove it"
        pending={reset.isPending}
        error={reset.error}
        onConfirm={() => reset.mutate(undefined)}
      >
        <p>
          For someone who lost the phone and the recovery codes. Make sure that it is they who ask: from then on the
          password alone signs them in. They are signed out everywhere.
        </p>
      </ConfirmDialog>
      {asking === 'sessions' && <UserSessions user={user} onClose={() => setAsking(null)} />}
    </>
  )
}

function UserSessions({ user, onClose }: { user: User; onClose: () => void }) {
  const sessions = useQuery(sessionsOfQuery(user.id))
  return (
    <Dialog open onOpenChange={onClose} title={`Sessions of ${user.email}`} wide>
      <ListState query={sessions} empty={<EmptyState title="Not signed in anywhere" />}>
        <SessionsTable items={sessions.data?.items ?? []} path="/admin/sessions" />
      </ListState>
    </Dialog>
  )
}
