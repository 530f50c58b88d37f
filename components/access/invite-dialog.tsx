'use client'

import type { Role } from '@/lib/contracts/common'
import { createInvitationSchema, type CreatedInvitation } from '@/lib/contracts/people/access'
import { fieldsOf } from '@/components/form/fields-of'
import { Form } from '@/components/form/form'
import { Dialog, DialogSubmit } from '@/components/ui/dialog'
import { api } from '@/lib/client/api'
import { useForm } from '@/lib/client/hooks/use-form'
import { LinkDialog } from './link-dialog'
import { RoleField } from './role-field'

const empty: { email: string; name: string; role: Role } = { email: '', name: '', role: 'viewer' }
const Enter = fieldsOf<typeof empty>()

export function InviteDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const invite = useForm({
    schema: createInvitationSchema,
    initial: empty,
    run: (body) => api<CreatedInvitation>('/admin/invitations', { method: 'POST', body }),
  })
  if (invite.action.data) return <LinkDialog made={invite.action.data} onClose={() => onOpenChange(false)} />
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Invite someone">
      <Form form={invite}>
        <Enter.Text name="email" label="E-mail" type="email" />
        <Enter.Text name="name" label="Name" optional />
        <RoleField />
        <DialogSubmit onClose={() => onOpenChange(false)} pending={invite.action.isPending}>
          Make the link
        </DialogSubmit>
      </Form>
    </Dialog>
  )
}
