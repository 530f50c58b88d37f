'use client'

import type { Role } from '@/lib/contracts/common'
import { createUserSchema, type User } from '@/lib/contracts/people/people'
import { RoleField } from '@/components/access/role-field'
import { fieldsOf } from '@/components/form/fields-of'
import { Form } from '@/components/form/form'
import { Dialog, DialogSubmit } from '@/components/ui/dialog'
import { api } from '@/lib/client/api'
import { useForm } from '@/lib/client/hooks/use-form'

const empty: { name: string; email: string; role: Role; password: string } = {
  name: '',
  email: '',
  role: 'viewer',
  password: '',
}
const Enter = fieldsOf<typeof empty>()

export function NewUserDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const create = useForm({
    schema: createUserSchema,
    initial: empty,
    run: (body) => api<User>('/admin/users', { method: 'POST', body }),
    done: (user) => `${user.email} may sign in`,
    onDone: () => onOpenChange(false),
  })
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Add a user">
      <Form form={create}>
        <Enter.Text name="name" label="Name" />
        <Enter.Text name="email" label="E-mail" type="email" />
        <RoleField />
        <Enter.Text
          name="password"
          label="First password"
          hint="At least 12 characters; to be changed by them"
          type="password"
          autoComplete="new-password"
        />
        <DialogSubmit onClose={() => onOpenChange(false)} pending={create.action.isPending}>
          Add the user
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
