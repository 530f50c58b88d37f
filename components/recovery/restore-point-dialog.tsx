'use client'

import type { RestorePoint } from '@/lib/contracts/recovery/continuous'
import { createRestorePointSchema } from '@/lib/contracts/recovery/recoveries'
import type { Source } from '@/lib/contracts/source'
import { fieldsOf } from '@/components/form/fields-of'
import { Form } from '@/components/form/form'
import { Dialog, DialogSubmit } from '@/components/ui/dialog'
import { api } from '@/lib/client/api'
import { useForm, type FieldMessages } from '@/lib/client/hooks/use-form'

const empty = { name: '' }
const Enter = fieldsOf<typeof empty>()

/** Gives this moment a name in the log of a source, which can be recovered to by it. */
export function RestorePointDialog({ source, onClose }: { source: Source; onClose: () => void }) {
  const name = useForm({
    schema: createRestorePointSchema,
    initial: empty,
    more: (values: typeof empty): FieldMessages => (values.name.trim() === '' ? { name: 'Give it a name' } : {}),
    run: (body) => api<RestorePoint>(`/admin/sources/${source.id}/restore-points`, { method: 'POST', body }),
    done: (point) => `This moment is named ${point.name}`,
    onDone: onClose,
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Name this moment"
      description={`A restore point is written into the log of ${source.name}. Do it before what may go wrong: the state of now can be recovered to by its name.`}
    >
      <Form form={name}>
        <Enter.Text name="name" label="Name" placeholder="before the import" autoFocus />
        <DialogSubmit onClose={onClose} pending={name.action.isPending}>
          Name it
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
