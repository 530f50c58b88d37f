'use client'

import { useQuery } from '@tanstack/react-query'
import { LockOpen } from 'lucide-react'
import type { SignInLock } from '@/lib/contracts/people/access'
import { TimeCell } from '@/components/cells/time-cell'
import { RoleButton } from '@/components/shell/role-button'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { signInLockWords } from '@/lib/client/words/access-words'
import { api } from '@/lib/client/api'
import { signInLocksQuery } from '@/lib/client/queries/access'
import { useAction } from '@/lib/client/hooks/use-action'

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
        <Table label="Sign-in locks">
          <thead>
            <tr>
              <Th>What</Th>
              <Th>Address</Th>
              <Th className="max-sm:hidden">Failures</Th>
              <Th>Ends</Th>
              <Th>
                <span className="sr-only">Actions</span>
              </Th>
            </tr>
          </thead>
          <tbody>
            {locks.data?.items.map((lock) => (
              <LockRow key={lock.id} lock={lock} />
            ))}
          </tbody>
        </Table>
      </ListState>
    </Card>
  )
}

function LockRow({ lock }: { lock: SignInLock }) {
  const name = lock.email ?? 'every account'
  const lift = useAction({
    run: () => api<unknown>(`/admin/sign-in-locks/${lock.id}`, { method: 'DELETE' }),
    done: `The lock of ${name} is lifted`,
  })
  return (
    <Tr>
      <Td>
        <span className="block font-medium wrap-anywhere">{name}</span>
        <span className="block text-xs text-ink-3">{signInLockWords[lock.kind]}</span>
      </Td>
      <Td className="wrap-anywhere">{lock.address ?? '—'}</Td>
      <Td className="max-sm:hidden">{lock.failures}</Td>
      <Td>
        <TimeCell at={lock.until} form="relative" />
      </Td>
      <Td className="text-right">
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
      </Td>
    </Tr>
  )
}
