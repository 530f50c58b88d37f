'use client'

import { useState, type FormEvent } from 'react'
import { updateMeSchema } from '@/lib/contracts/people'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { FormSection } from '@/components/ui/form-section'
import { Input } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { useAction } from '@/lib/client/use-action'

const empty = { currentPassword: '', newPassword: '' }

export function PasswordForm() {
  const [values, setValues] = useState(empty)
  const [wrong, setWrong] = useState<FieldErrors>({})
  const save = useAction({
    run: (body: unknown) => api<unknown>('/me', { method: 'PATCH', body }),
    done: 'The password is changed. Every other session of yours is signed out.',
    errors: 'inline',
    onDone: () => setValues(empty),
  })
  const errors = { ...fieldErrorsOf(save.error), ...wrong }

  function submit(event: FormEvent) {
    event.preventDefault()
    const checked = checkForm(updateMeSchema, values)
    setWrong(checked.ok ? {} : checked.errors)
    if (checked.ok) save.mutate(checked.value)
  }

  return (
    <FormSection title="Password" note="At least 12 characters. Changing it signs your other sessions out.">
      <form method="post" noValidate onSubmit={submit} className="space-y-4">
        {save.error && <ProblemNote error={save.error} />}
        <Field label="Current password" error={errors.currentPassword}>
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="current-password"
              value={values.currentPassword}
              onChange={(event) => setValues({ ...values, currentPassword: event.target.value })}
            />
          )}
        </Field>
        <Field label="New password" error={errors.newPassword}>
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="new-password"
              value={values.newPassword}
              onChange={(event) => setValues({ ...values, newPassword: event.target.value })}
            />
          )}
        </Field>
        <Button type="submit" pending={save.isPending}>
          Change the password
        </Button>
      </form>
    </FormSection>
  )
}
