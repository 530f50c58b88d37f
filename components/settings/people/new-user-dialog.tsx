'use client'

import { useState } from 'react'
import type { Role } from '@/lib/contracts/common'
import { createUserSchema, type User } from '@/lib/contracts/people/people'
import { RoleField } from '@/components/access/role-field'
import { Dialog, DialogSubmit } from '@/components/ui/dialog'
import { Form } from '@/components/ui/form'
import { TextField } from '@/components/ui/text-field'
import { api } from '@/lib/client/api'
import { useCheckedForm } from '@/lib/client/hooks/use-checked-form'

export function NewUserDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [values, setValues] = useState<{ name: string; email: string; role: Role; password: string }>({
    name: '',
    email: '',
    role: 'viewer',
    password: '',
  })
  const create = useCheckedForm({
    schema: createUserSchema,
    run: (body) => api<User>('/admin/users', { method: 'POST', body }),
    done: (user) => `${user.email} may sign in`,
    onDone: () => onOpenChange(false),
  })
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Add a user">
      <Form onSubmit={() => create.submit(values)} error={create.error}>
        <TextField
          label="Name"
          error={create.errors.name}
          value={values.name}
          onChange={(name) => setValues({ ...values, name })}
        />
        <TextField
          label="E-mail"
          type="email"
          error={create.errors.email}
          value={values.email}
          onChange={(email) => setValues({ ...values, email })}
        />
        <RoleField value={values.role} onChange={(role) => setValues({ ...values, role })} />
        <TextField
          label="First password"
          hint="At least 12 characters; to be changed by them"
          type="password"
          autoComplete="new-password"
          error={create.errors.password}
          value={values.password}
          onChange={(password) => setValues({ ...values, password })}
        />
        <DialogSubmit onClose={() => onOpenChange(false)} pending={create.isPending}>
          Add the user
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
