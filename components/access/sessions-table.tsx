'use client'

import type { SessionItem } from '@/lib/contracts/people/access'
import { TimeCell } from '@/components/cells/time-cell'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { DataTable, type Column } from '@/components/ui/data-table'
import { api } from '@/lib/client/api'
import { signInMethodWords } from '@/lib/client/words/access-words'
import { deviceWords } from '@/lib/client/words/device-words'
import { useAction } from '@/lib/client/hooks/use-action'

const columnsOf = (path: string): ReadonlyArray<Column<SessionItem>> => [
  {
    key: 'device',
    header: 'Device',
    cell: (session) => (
      <>
        <span className="block font-medium" title={session.userAgent ?? undefined}>
          {deviceWords(session.userAgent)}
        </span>
        <span className="block text-xs text-ink-3">{session.address ?? 'address unknown'}</span>
      </>
    ),
  },
  { key: 'signed-in-with', header: 'Signed in with', cell: (session) => signInMethodWords[session.method] },
  { key: 'last-seen', header: 'Last seen', cell: (session) => <TimeCell at={session.lastSeenAt} form="relative" /> },
  {
    key: 'actions',
    header: 'Actions',
    headerHidden: true,
    align: 'end',
    cell: (session) => <EndSession session={session} path={path} />,
  },
]

/** `path`: where these sessions are ended, the own ones or anybody's. */
export function SessionsTable({ items, path }: { items: readonly SessionItem[]; path: string }) {
  return <DataTable label="Sessions" columns={columnsOf(path)} rows={items} rowKey={(session) => session.id} />
}

function EndSession({ session, path }: { session: SessionItem; path: string }) {
  const device = deviceWords(session.userAgent)
  const end = useAction({
    run: () => api<unknown>(`${path}/${session.id}`, { method: 'DELETE' }),
    done: `${device} is signed out`,
  })
  return session.current ? (
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
  )
}
