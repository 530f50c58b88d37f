'use client'

import { useState } from 'react'
import { createInvitationSchema, type CreatedInvitation } from '@/lib/contracts/people/access'
import type { Role } from '@/lib/contracts/common'
import { Dialog, DialogSubmit } from '@/components/ui/dialog'
import { Form } from '@/components/ui/form'
import { TextField } from '@/components/ui/text-field'
import { api } from '@/lib/client/api'
import { useCheckedForm } from '@/lib/client/hooks/use-checked-form'
import { LinkDialog } from './link-dialog'
import { RoleField } from './role-field'

export function InviteDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [values, setValues] = useState<{ email: string; name: string; role: Role }>({
    email: '',
    name: '',
    role: 'viewer',
  })
  const invite = useCheckedForm({
    schema: createInvitationSchema,
    run: (body) => api<CreatedInvitation>('/admin/invitations', { method: 'POST', body }),
  })
  if (invite.data) return <LinkDialog made={invite.data} onClose={() => onOpenChange(false)} />
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Invite someone">
      <Form onSubmit={() => invite.submit(values)} error={invite.error}>
        <TextField
          label="E-mail"
          type="email"
          error={invite.errors.email}
          value={values.email}
          onChange={(email) => setValues({ ...values, email })}
        />
        <TextField
          label="Name"
          optional
          error={invite.errors.name}
          value={values.name}
          onChange={(name) => setValues({ ...values, name })}
        />
        <RoleField value={values.role} onChange={(role) => setValues({ ...values, role })} />
        <DialogSubmit onClose={() => onOpenChange(false)} pending={invite.isPending}>
          Make the link
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
