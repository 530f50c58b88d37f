'use client'

import type { AuditEvent } from '@/lib/contracts/audit'
import { TimeCell } from '@/components/cells/time-cell'
import { Dialog } from '@/components/ui/dialog'
import { Facts } from '@/components/ui/facts'
import { DataTable, type Column } from '@/components/ui/data-table'
import { actionWords, changeOf, nameWords, valueWords, whoOf } from '@/lib/client/words/audit-words'
import { plain } from '@/lib/client/words/words'

interface Change {
  name: string
  from: unknown
  to: unknown
}

const columns: ReadonlyArray<Column<Change>> = [
  { key: 'field', header: 'Field', className: 'align-top font-medium', cell: ({ name }) => nameWords(name) },
  { key: 'before', header: 'Before', className: 'align-top text-xs break-words', cell: ({ from }) => valueWords(from) },
  { key: 'after', header: 'After', className: 'align-top text-xs break-words', cell: ({ to }) => valueWords(to) },
]

/** One event with everything that was recorded of it. */
export function AuditDetailDialog({ event, onClose }: { event: AuditEvent; onClose: () => void }) {
  const entries = Object.entries(event.detail)
  const nested = event.detail['changes']
  const changes = Object.entries(typeof nested === 'object' && nested !== null ? nested : {}).flatMap(
    ([name, value]) => {
      const change = changeOf(value)
      return change ? [{ name, ...change }] : []
    },
  )
  const rest = changes.length > 0 ? entries.filter(([name]) => name !== 'changes') : entries
  const mono = (text: string) => <code className="font-mono text-xs break-all">{text}</code>
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={`Event ${event.id}: ${actionWords(event.action)}`}
    >
      <div className="space-y-5">
        <Facts
          items={[
            { name: 'When', value: <TimeCell at={event.at} /> },
            { name: 'Who', value: whoOf(event) },
            ...('role' in event.actor ? [{ name: 'As', value: event.actor.role }] : []),
            {
              name: 'Subject',
              value: (
                <>
                  {plain(event.subjectType)} {event.subjectId && mono(event.subjectId)}
                </>
              ),
            },
            ...rest.map(([name, value]) => ({ name: nameWords(name), value: valueWords(value) })),
            { name: 'Hash', value: event.hash ? mono(event.hash) : 'none: from before the chain' },
          ]}
        />
        {changes.length > 0 && (
          <DataTable label="What changed" columns={columns} rows={changes} rowKey={({ name }) => name} />
        )}
      </div>
    </Dialog>
  )
}
