'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { AuditEvent } from '@/lib/contracts/audit'
import {
  AuditExportMenu,
  AuditVerificationNote,
  useAuditVerification,
  VerifyAuditButton,
} from '@/components/audit/audit-actions'
import { ExposedSecretsNote } from '@/components/audit/exposed-secrets-note'
import { AuditDetailDialog } from '@/components/audit/audit-detail-dialog'
import { AuditFilters } from '@/components/audit/audit-filters'
import { auditSearch } from '@/components/audit/audit-search'
import { Pager } from '@/components/backups/pager'
import { TimeCell } from '@/components/cells/time-cell'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/empty-state'
import { ListState } from '@/components/ui/list-state'
import { PageHeader } from '@/components/ui/page-header'
import { useMay } from '@/components/shell/viewer'
import { DataTable, type Column } from '@/components/ui/data-table'
import { actionWords, nameWords, valueWords, whoOf } from '@/lib/client/words/audit-words'
import { auditQuery } from '@/lib/client/queries/audit'
import { useUrlState } from '@/lib/client/hooks/use-url-state'

export function AuditScreen() {
  const { may, reason } = useMay('admin')
  const { get } = useUrlState()
  const filter = auditSearch(get)
  const events = useQuery({ ...auditQuery({ ...filter, cursor: get('cursor') }), enabled: may })
  const check = useAuditVerification()
  const [shown, setShown] = useState<AuditEvent | null>(null)
  const filtered = Object.values(filter).some(Boolean)
  return (
    <>
      <PageHeader
        title="Audit log"
        intro="Who changed what, and when. Written together with the change, each event chained to the one before; nothing here can be edited; only a readable password can be blanked, and that is recorded too."
        actions={
          may && (
            <>
              <VerifyAuditButton check={check} />
              <AuditExportMenu filter={filter} />
            </>
          )
        }
      />
      {!may ? (
        <EmptyState title="Only administrators read the audit log">{reason}</EmptyState>
      ) : (
        <div className="space-y-4">
          <ExposedSecretsNote />
          <AuditVerificationNote check={check} />
          <Card aria-label="Audit log">
            <AuditFilters />
            <ListState
              query={events}
              empty={<EmptyState title={filtered ? 'No event fits this filter' : 'Nothing has been recorded yet'} />}
            >
              <EventTable events={events.data?.items ?? []} onShow={setShown} />
              <Pager nextCursor={events.data?.nextCursor ?? null} />
            </ListState>
          </Card>
        </div>
      )}
      {shown && <AuditDetailDialog event={shown} onClose={() => setShown(null)} />}
    </>
  )
}

const columnsOf = (onShow: (event: AuditEvent) => void): ReadonlyArray<Column<AuditEvent>> => [
  { key: 'when', header: 'When', className: 'align-top', cell: (event) => <TimeCell at={event.at} /> },
  { key: 'who', header: 'Who', from: 'sm', className: 'align-top break-words', cell: (event) => whoOf(event) },
  {
    key: 'what',
    header: 'What',
    className: 'align-top sm:whitespace-nowrap',
    cell: (event) => (
      <>
        <Button variant="link" size="inline" onClick={() => onShow(event)}>
          {actionWords(event.action)}
        </Button>
        <span className="block text-xs break-words text-ink-2 sm:hidden">{whoOf(event)}</span>
        {event.subjectId && <code className="block font-mono text-xs text-ink-3">{event.subjectId.slice(0, 13)}</code>}
      </>
    ),
  },
  {
    key: 'detail',
    header: 'Detail',
    from: 'sm',
    className: 'max-w-md align-top text-xs/5 break-words text-ink-2',
    cell: (event) => <span className="line-clamp-3">{detailOf(event)}</span>,
  },
]

function EventTable({ events, onShow }: { events: AuditEvent[]; onShow: (event: AuditEvent) => void }) {
  return <DataTable label="Audit log" columns={columnsOf(onShow)} rows={events} rowKey={(event) => event.id} />
}

function detailOf({ detail }: AuditEvent): string {
  return Object.entries(detail)
    .map(([name, value]) => `${nameWords(name)}: ${valueWords(value)}`)
    .join(', ')
}
