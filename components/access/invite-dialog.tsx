'use client'

import { useState, type FormEvent } from 'react'
import { createInvitationSchema, type CreatedInvitation } from '@/lib/contracts/access'
import { roles, type Role } from '@/lib/contracts/common'
import { Button } from '@/components/ui/button'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { roleWords } from '@/lib/client/role'
import { useAction } from '@/lib/client/use-action'
import { LinkDialog } from './link-dialog'

export function InviteDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [values, setValues] = useState<{ email: string; name: string; role: Role }>({
    email: '',
    name: '',
    role: 'viewer',
  })
  const [wrong, setWrong] = useState<FieldErrors>({})
  const invite = useAction({
    run: (body: unknown) => api<CreatedInvitation>('/admin/invitations', { method: 'POST', body }),
    errors: 'inline',
  })
  const errors = { ...fieldErrorsOf(invite.error), ...wrong }
  function submit(event: FormEvent) {
    event.preventDefault()
    const checked = checkForm(createInvitationSchema, values)
    setWrong(checked.ok ? {} : checked.errors)
    if (checked.ok) invite.mutate(checked.value)
  }
  if (invite.data) return <LinkDialog made={invite.data} onClose={() => onOpenChange(false)} />
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Invite someone">
      <form method="post" noValidate onSubmit={submit} className="space-y-4">
        {invite.error && <ProblemNote error={invite.error} />}
        <Field label="E-mail" error={errors.email}>
          {(control) => (
            <Input
              {...control}
              type="email"
              autoComplete="off"
              value={values.email}
              onChange={(event) => setValues({ ...values, email: event.target.value })}
            />
          )}
        </Field>
        <Field label="Name" optional error={errors.name}>
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              value={values.name}
              onChange={(event) => setValues({ ...values, name: event.target.value })}
            />
          )}
        </Field>
        <Field label="Role" hint={roleWords[values.role].can}>
          {(control) => (
            <Select
              {...control}
              value={values.role}
              onChange={(event) =>
                setValues({ ...values, role: roles.find((role) => role === event.target.value) ?? 'viewer' })
              }
            >
              {roles.map((role) => (
                <option key={role} value={role}>
                  {roleWords[role].name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <DialogActions>
          <Button variant="secondary" onClick={() => onOpenChange(false)}>
            Close
          </Button>
          <Button type="submit" pending={invite.isPending}>
            Make the link
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
