'use client'

import type { SessionItem } from '@/lib/contracts/people/access'
import { TimeCell } from '@/components/cells/time-cell'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { api } from '@/lib/client/api'
import { signInMethodWords } from '@/lib/client/words/access-words'
import { deviceWords } from '@/lib/client/words/device-words'
import { useAction } from '@/lib/client/hooks/use-action'

/** `path`: where these sessions are ended, the own ones or anybody's. */
export function SessionsTable({ items, path }: { items: readonly SessionItem[]; path: string }) {
  return (
    <Table label="Sessions">
      <thead>
        <tr>
          <Th>Device</Th>
          <Th>Signed in with</Th>
          <Th>Last seen</Th>
          <Th>
            <span className="sr-only">Actions</span>
          </Th>
        </tr>
      </thead>
      <tbody>
        {items.map((session) => (
          <SessionRow key={session.id} session={session} path={path} />
        ))}
      </tbody>
    </Table>
  )
}

function SessionRow({ session, path }: { session: SessionItem; path: string }) {
  const device = deviceWords(session.userAgent)
  const end = useAction({
    run: () => api<unknown>(`${path}/${session.id}`, { method: 'DELETE' }),
    done: `${device} is signed out`,
  })
  return (
    <Tr>
      <Td>
        <span className="block font-medium" title={session.userAgent ?? undefined}>
          {device}
        </span>
        <span className="block text-xs text-ink-3">{session.address ?? 'address unknown'}</span>
      </Td>
      <Td>{signInMethodWords[session.method]}</Td>
      <Td>
        <TimeCell at={session.lastSeenAt} form="relative" />
      </Td>
      <Td className="text-right">
        {session.current ? (
          <Badge tone="info">This one</Badge>
        ) : (
          <Button
            variant="secondary"
            size="sm"
            pending={end.isPending}
            aria-label={`Sign out ${device}`}
            onClick={() => end.mutate(undefined)}
          >
            Sign out
          </Button>
        )}
      </Td>
    </Tr>
  )
}
