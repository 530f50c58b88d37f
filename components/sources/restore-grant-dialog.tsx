'use client'

import { useQuery } from '@tanstack/react-query'
import { createRestoreGrantSchema, type RestoreGrant } from '@/lib/contracts/people/restore-grant'
import type { Source } from '@/lib/contracts/source'
import { atServer, engineScreen } from '@/components/engines/index'
import { fieldsOf } from '@/components/form/fields-of'
import { Form } from '@/components/form/form'
import { Dialog, DialogSubmit } from '@/components/ui/dialog'
import { api } from '@/lib/client/api'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { useForm, type FieldMessages } from '@/lib/client/hooks/use-form'

const empty = { targetId: '' }
const Enter = fieldsOf<typeof empty>()

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
  const taken = new Set([source.id, ...granted.map((grant) => grant.targetId)])
  const others = sources.data?.items.filter((other) => !other.catalog && !taken.has(other.id)) ?? []
  const allow = useForm({
    schema: createRestoreGrantSchema,
    initial: empty,
    more: ({ targetId }: typeof empty): FieldMessages => (targetId === '' ? { targetId: 'Choose a source' } : {}),
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
      <Form form={allow}>
        <Enter.Select
          name="targetId"
          label="Server"
          choices={[
            { value: '', label: 'Choose a source' },
            ...others.map((other) => ({
              value: other.id,
              label: `${other.name} (${atServer(engineScreen(other.engine).where(other))})`,
            })),
          ]}
        />
        <DialogSubmit onClose={() => onOpenChange(false)} pending={allow.action.isPending}>
          Allow
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
