'use client'

import { useState, type FormEvent } from 'react'
import { roles, type Role } from '@/lib/contracts/common'
import { createUserSchema, type User } from '@/lib/contracts/people'
import { Button } from '@/components/ui/button'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { roleWords } from '@/lib/client/role'
import { useAction } from '@/lib/client/use-action'

export function NewUserDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [values, setValues] = useState<{ name: string; email: string; role: Role; password: string }>({
    name: '',
    email: '',
    role: 'viewer',
    password: '',
  })
  const [wrong, setWrong] = useState<FieldErrors>({})
  const create = useAction({
    run: (body: unknown) => api<User>('/admin/users', { method: 'POST', body }),
    done: (user) => `${user.email} may sign in`,
    errors: 'inline',
    onDone: () => onOpenChange(false),
  })
  const errors = { ...fieldErrorsOf(create.error), ...wrong }
  function submit(event: FormEvent) {
    event.preventDefault()
    const checked = checkForm(createUserSchema, values)
    setWrong(checked.ok ? {} : checked.errors)
    if (checked.ok) create.mutate(checked.value)
  }
  const input = (name: 'name' | 'email' | 'password', label: string, type: string, hint?: string) => (
    <Field label={label} hint={hint} error={errors[name]}>
      {(control) => (
        <Input
          {...control}
          type={type}
          autoComplete={type === 'password' ? 'new-password' : 'off'}
          value={values[name]}
          onChange={(event) => setValues({ ...values, [name]: event.target.value })}
        />
      )}
    </Field>
  )
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Add a user">
      <form noValidate onSubmit={submit} className="space-y-4">
        {create.error && <ProblemNote error={create.error} />}
        {input('name', 'Name', 'text')}
        {input('email', 'E-mail', 'email')}
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
        {input('password', 'First password', 'password', 'At least 12 characters; to be changed by them')}
        <DialogActions>
          <Button variant="secondary" onClick={() => onOpenChange(false)}>
            Close
          </Button>
          <Button type="submit" pending={create.isPending}>
            Add the user
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
