'use client'

import { useQuery } from '@tanstack/react-query'
import type { AuditEvent } from '@/lib/contracts/audit'
import { Pager } from '@/components/backups/pager'
import { TimeCell } from '@/components/cells/time-cell'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { PageHeader } from '@/components/ui/page-header'
import { Table, Td, Th, Tr } from '@/components/ui/table'
import { auditQuery } from '@/lib/client/queries/people'
import { useUrlState } from '@/lib/client/use-url-state'
import { plain } from '@/lib/client/words'

export function AuditScreen() {
  const { get } = useUrlState()
  const events = useQuery(auditQuery({ cursor: get('cursor') }))
  return (
    <>
      <PageHeader
        title="Audit log"
        intro="Who changed what, and when. Written together with the change; nothing here can be edited."
      />
      <Card aria-label="Audit log">
        <ListState query={events} empty={<EmptyState title="Nothing has been recorded yet" />}>
          <Table label="Audit log">
            <thead>
              <tr>
                <Th>When</Th>
                <Th>Who</Th>
                <Th>What</Th>
                <Th>Detail</Th>
              </tr>
            </thead>
            <tbody>
              {events.data?.items.map((event) => (
                <Tr key={event.id}>
                  <Td className="align-top">
                    <TimeCell at={event.at} />
                  </Td>
                  <Td className="align-top break-words">{who(event)}</Td>
                  <Td className="align-top whitespace-nowrap">
                    {plain(event.action)}
                    {event.subjectId && (
                      <code className="block font-mono text-xs text-ink-3">{event.subjectId.slice(0, 13)}</code>
                    )}
                  </Td>
                  <Td className="max-w-md align-top text-xs break-words text-ink-2">{detailOf(event)}</Td>
                </Tr>
              ))}
            </tbody>
          </Table>
          <Pager nextCursor={events.data?.nextCursor ?? null} />
        </ListState>
      </Card>
    </>
  )
}

function who({ actor }: AuditEvent): string {
  switch (actor.type) {
    case 'user':
      return actor.email
    case 'token':
      return `token ${actor.name}`
    case 'worker':
      return 'the worker'
    case 'cli':
      return `${actor.user} at the command line`
    case 'anonymous':
      return actor.address ? `not signed in, from ${actor.address}` : 'not signed in'
  }
}

function detailOf({ detail }: AuditEvent): string {
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
}
