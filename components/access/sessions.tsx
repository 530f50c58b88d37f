'use client'

import { useQuery } from '@tanstack/react-query'
import { Button } from '@/components/ui/button'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { api } from '@/lib/client/api'
import { ownSessionsQuery } from '@/lib/client/queries/access'
import { useAction } from '@/lib/client/hooks/use-action'
import { SessionsTable } from './sessions-table'

/** Where the person is signed in, and a way to end each. */
export function Sessions() {
  const sessions = useQuery(ownSessionsQuery())
  const others = sessions.data?.items.filter((session) => !session.current).length ?? 0
  const endOthers = useAction({
    run: () => api<{ ended: number }>('/me/sessions/end-others', { method: 'POST' }),
    done: (result) => (result.ended === 1 ? 'One session is signed out' : `${result.ended} sessions are signed out`),
  })
  return (
    <Card aria-labelledby="sessions-title">
      <CardHeader
        id="sessions-title"
        title="Where you are signed in"
        note="A session ends after 12 hours without use, and after seven days."
        actions={
          <Button
            variant="secondary"
            size="sm"
            disabled={others === 0}
            title={others === 0 ? 'You are signed in nowhere else' : undefined}
            pending={endOthers.isPending}
            onClick={() => endOthers.mutate(undefined)}
          >
            Sign out everywhere else
          </Button>
        }
      />
      <ListState query={sessions} empty={<EmptyState title="No session" />}>
        <SessionsTable items={sessions.data?.items ?? []} path="/me/sessions" />
      </ListState>
    </Card>
  )
}
