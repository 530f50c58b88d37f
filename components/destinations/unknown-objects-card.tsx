'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { Destination, UnknownObject } from '@/lib/contracts/destination'
import type { Started } from '@/lib/contracts/job'
import { BytesCell } from '@/components/cells/bytes-cell'
import { TimeCell } from '@/components/cells/time-cell'
import { RoleButton } from '@/components/shell/role-button'
import { Card, CardHeader } from '@/components/ui/card'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { DataTable, type Column } from '@/components/ui/data-table'
import { api } from '@/lib/client/api'
import { formatBytes } from '@/lib/client/format/bytes'
import { unknownObjectsQuery } from '@/lib/client/queries/destinations'
import { useAction } from '@/lib/client/hooks/use-action'

const columns: ReadonlyArray<Column<UnknownObject>> = [
  { key: 'name', header: 'Name', className: 'max-w-96 font-mono text-xs break-all', cell: (object) => object.key },
  { key: 'size', header: 'Size', align: 'end', cell: (object) => <BytesCell bytes={object.sizeBytes} /> },
  {
    key: 'changed-by-its-store',
    header: 'Changed, by its store',
    cell: (object) => (object.lastModified === null ? 'The store does not say' : <TimeCell at={object.lastModified} />),
  },
  { key: 'first-seen', header: 'First seen', cell: (object) => <TimeCell at={object.firstSeenAt} /> },
]

/** Objects that belong to no backup of the catalog. Nothing is shown while there are none. */
export function UnknownObjectsCard({ destination }: { destination: Destination }) {
  const [asking, setAsking] = useState(false)
  const { data: unknown } = useQuery(unknownObjectsQuery(destination.id))
  const remove = useAction({
    run: (count: number) =>
      api<Started>(`/admin/destinations/${destination.id}/cleanup-unknown`, { method: 'POST', body: { count } }),
    done: 'The unknown objects are being removed',
    errors: 'inline',
    onDone: () => setAsking(false),
  })
  if (!unknown || unknown.count === 0) return null
  const { count, removableCount } = unknown
  const many = (number: number) => (number === 1 ? 'one object' : `${number.toLocaleString('en')} objects`)
  return (
    <Card aria-labelledby="unknown-title">
      <CardHeader
        id="unknown-title"
        title="Unknown objects"
        note={`${count === 1 ? 'One object' : `${count.toLocaleString('en')} objects`}, ${formatBytes(unknown.sizeBytes)}, of no backup in this catalog. Nothing is removed by itself.`}
        actions={
          <RoleButton
            needs="admin"
            variant="secondary"
            size="sm"
            disabled={removableCount === 0}
            title={removableCount === 0 ? 'None of them has been known for a day' : undefined}
            onClick={() => setAsking(true)}
          >
            Remove…
          </RoleButton>
        }
      />
      <DataTable label="Unknown objects" columns={columns} rows={unknown.items} rowKey={(object) => object.key} />
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Remove ${many(removableCount)} from ${destination.name}?`}
        action="Remove them"
        pending={remove.isPending}
        error={remove.error}
        typeToConfirm={String(removableCount)}
        onConfirm={() => remove.mutate(removableCount)}
      >
        <p>
          {formatBytes(unknown.removableBytes)} are deleted for good. They may be backups of another Holdfast that
          writes to the same place, or of this one from before its catalog was lost: make sure that nobody needs them.
        </p>
        {count > removableCount && <p>Objects that were first seen less than a day ago stay.</p>}
      </ConfirmDialog>
    </Card>
  )
}
