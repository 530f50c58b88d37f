'use client'

import { useQuery } from '@tanstack/react-query'
import { LockOpen } from 'lucide-react'
import type { SignInLock } from '@/lib/contracts/people/access'
import { TimeCell } from '@/components/cells/time-cell'
import { RoleButton } from '@/components/shell/role-button'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { DataTable, type Column } from '@/components/ui/data-table'
import { signInLockWords } from '@/lib/client/words/access-words'
import { api } from '@/lib/client/api'
import { signInLocksQuery } from '@/lib/client/queries/access'
import { useAction } from '@/lib/client/hooks/use-action'

const nameOf = ({ email }: SignInLock): string => email ?? 'every account'

const columns: ReadonlyArray<Column<SignInLock>> = [
  {
    key: 'what',
    header: 'What',
    cell: (lock) => (
      <>
        <span className="block font-medium wrap-anywhere">{nameOf(lock)}</span>
        <span className="block text-xs text-ink-3">{signInLockWords[lock.kind]}</span>
      </>
    ),
  },
  { key: 'address', header: 'Address', className: 'wrap-anywhere', cell: (lock) => lock.address ?? '—' },
  { key: 'failures', header: 'Failures', from: 'sm', cell: (lock) => lock.failures },
  { key: 'ends', header: 'Ends', cell: (lock) => <TimeCell at={lock.until} form="relative" /> },
  {
    key: 'actions',
    header: 'Actions',
    headerHidden: true,
    align: 'end',
    cell: (lock) => <LiftLock lock={lock} />,
  },
]

/** Who cannot sign in at this moment because of failures, and a way to let them. For administrators. */
export function SignInLocks() {
  const locks = useQuery(signInLocksQuery())
  return (
    <Card aria-labelledby="locks-title">
      <CardHeader
        id="locks-title"
        title="Sign-in locks"
        note="Five failures lock an account for the address that they came from, for 15 minutes."
      />
      <ListState query={locks} empty={<EmptyState icon={<LockOpen />} title="Nobody is locked out" />}>
        <DataTable label="Sign-in locks" columns={columns} rows={locks.data?.items ?? []} rowKey={(lock) => lock.id} />
      </ListState>
    </Card>
  )
}

function LiftLock({ lock }: { lock: SignInLock }) {
  const name = nameOf(lock)
  const lift = useAction({
    run: () => api<unknown>(`/admin/sign-in-locks/${lock.id}`, { method: 'DELETE' }),
    done: `The lock of ${name} is lifted`,
  })
  return (
    <RoleButton
      needs="admin"
      variant="secondary"
      size="sm"
      pending={lift.isPending}
      aria-label={`Lift the lock of ${name}`}
      onClick={() => lift.mutate(undefined)}
    >
      Lift
    </RoleButton>
  )
}
