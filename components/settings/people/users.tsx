'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { roles, type Role } from '@/lib/contracts/common'
import type { UpdateUser, User } from '@/lib/contracts/people/people'
import { Invitations } from '@/components/access/invitations'
import { SignInLocks } from '@/components/access/sign-in-locks'
import { UserActions } from '@/components/access/user-actions'
import { TimeCell } from '@/components/cells/time-cell'
import { RoleButton } from '@/components/shell/role-button'
import { useMay } from '@/components/shell/viewer'
import { Badge } from '@/components/ui/badge'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { Select } from '@/components/ui/input'
import { ListState } from '@/components/ui/list-state'
import { DataTable, type Column } from '@/components/ui/data-table'
import { api } from '@/lib/client/api'
import { usersQuery } from '@/lib/client/queries/people'
import { roleWords } from '@/lib/client/role'
import { useAction } from '@/lib/client/hooks/use-action'
import { NewUserDialog } from './new-user-dialog'

const columns: ReadonlyArray<Column<User>> = [
  {
    key: 'name',
    header: 'Name',
    cell: (user) => (
      <>
        <span className="block font-medium wrap-anywhere">{user.name || user.email}</span>
        <span className="block text-xs wrap-anywhere text-ink-3">{user.email}</span>
        <span className="mt-0.5 flex flex-wrap gap-1">
          {user.disabled && <Badge tone="warn">May not sign in</Badge>}
          {user.secondFactor && <Badge title="A code is asked for beside the password">Second factor</Badge>}
          {user.signsInWith.includes('oidc') && (
            <Badge title="Signs in through the identity provider, which also says the role">Single sign-on</Badge>
          )}
        </span>
      </>
    ),
  },
  {
    key: 'role',
    header: 'Role',
    cell: (user) => <RoleSelect user={user} />,
  },
  { key: 'added', header: 'Added', from: 'sm', cell: (user) => <TimeCell at={user.createdAt} form="relative" /> },
  {
    key: 'actions',
    header: 'Actions',
    headerHidden: true,
    align: 'end',
    cell: (user) => <Actions user={user} />,
  },
]

export function Users() {
  const { may, reason } = useMay('admin')
  const users = useQuery({ ...usersQuery(), enabled: may })
  const [adding, setAdding] = useState(false)
  if (!may) return <EmptyState title="Only administrators manage users">{reason}</EmptyState>
  return (
    <div className="space-y-5">
      <Card aria-labelledby="users-title">
        <CardHeader
          id="users-title"
          title="Users"
          actions={
            <RoleButton needs="admin" size="sm" onClick={() => setAdding(true)}>
              Add a user
            </RoleButton>
          }
        />
        <ListState query={users} empty={<EmptyState title="No user" />}>
          <DataTable
            label="Users"
            columns={columns}
            rows={users.data?.items ?? []}
            rowKey={(user) => user.id}
            rowProps={(user) => ({ className: user.disabled ? 'text-ink-3' : '' })}
          />
        </ListState>
        {adding && <NewUserDialog open onOpenChange={setAdding} />}
      </Card>
      <Invitations />
      <SignInLocks />
    </div>
  )
}

function RoleSelect({ user }: { user: User }) {
  const update = useUpdate(user)
  return (
    <Select
      className="w-36 max-sm:w-32"
      aria-label={`Role of ${user.email}`}
      title={roleWords[user.role].can}
      value={user.role}
      disabled={update.isPending}
      onChange={(event) => {
        const role: Role | undefined = roles.find((name) => name === event.target.value)
        if (role) update.mutate({ role })
      }}
    >
      {roles.map((role) => (
        <option key={role} value={role}>
          {roleWords[role].name}
        </option>
      ))}
    </Select>
  )
}

function Actions({ user }: { user: User }) {
  const update = useUpdate(user)
  return <UserActions user={user} onDisable={(disabled) => update.mutate({ disabled })} />
}

const useUpdate = (user: User) =>
  useAction({
    run: (body: UpdateUser) => api<User>(`/admin/users/${user.id}`, { method: 'PATCH', body }),
    done: (saved) => `${saved.email} is saved`,
  })
