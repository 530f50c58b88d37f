'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { createRestoreGrantSchema, type RestoreGrant } from '@/lib/contracts/people/restore-grant'
import type { Source } from '@/lib/contracts/source'
import { atServer, engineScreen } from '@/components/engines/index'
import { Dialog, DialogSubmit } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Form } from '@/components/ui/form'
import { Select } from '@/components/ui/input'
import { api } from '@/lib/client/api'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { useCheckedForm } from '@/lib/client/hooks/use-checked-form'

/** An administrator allows one more server; the catalog's is not among them. */
export function RestoreGrantDialog({
  open,
  onOpenChange,
  source,
  granted,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
  source: Source
  granted: readonly RestoreGrant[]
}) {
  const sources = useQuery(sourcesQuery())
  const [targetId, setTargetId] = useState('')
  const taken = new Set([source.id, ...granted.map((grant) => grant.targetId)])
  const others = sources.data?.items.filter((other) => !other.catalog && !taken.has(other.id)) ?? []
  const allow = useCheckedForm({
    schema: createRestoreGrantSchema,
    run: (body) => api<RestoreGrant>(`/admin/sources/${source.id}/restore-grants`, { method: 'POST', body }),
    done: 'Allowed',
    onDone: () => onOpenChange(false),
  })
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Allow restores to another server"
      description={`Operators may then restore backups of ${source.name} there. What these backups contain runs with that source’s role.`}
    >
      <Form onSubmit={() => allow.submit({ targetId })} error={allow.error}>
        <Field label="Server" error={targetId === '' && allow.errors['targetId'] ? 'Choose a source' : undefined}>
          {(control) => (
            <Select {...control} value={targetId} onChange={(event) => setTargetId(event.target.value)}>
              <option value="">Choose a source</option>
              {others.map((other) => (
                <option key={other.id} value={other.id}>
                  {other.name} ({atServer(engineScreen(other.engine).where(other))})
                </option>
              ))}
            </Select>
          )}
        </Field>
        <DialogSubmit onClose={() => onOpenChange(false)} pending={allow.isPending}>
          Allow
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
