'use client'

import { useState } from 'react'
import { updateMeSchema } from '@/lib/contracts/people/people'
import { Button } from '@/components/ui/button'
import { Form, FormActions } from '@/components/ui/form'
import { FormSection } from '@/components/ui/form-section'
import { TextField } from '@/components/ui/text-field'
import { api } from '@/lib/client/api'
import { useCheckedForm } from '@/lib/client/hooks/use-checked-form'

const empty = { currentPassword: '', newPassword: '' }

export function PasswordForm() {
  const [values, setValues] = useState(empty)
  const save = useCheckedForm({
    schema: updateMeSchema,
    run: (body) => api<unknown>('/me', { method: 'PATCH', body }),
    done: 'The password is changed. Every other session of yours is signed out.',
    onDone: () => setValues(empty),
  })
  return (
    <FormSection title="Password" note="At least 12 characters. Changing it signs your other sessions out.">
      <Form onSubmit={() => save.submit(values)} error={save.error}>
        <TextField
          label="Current password"
          type="password"
          autoComplete="current-password"
          error={save.errors.currentPassword}
          value={values.currentPassword}
          onChange={(currentPassword) => setValues({ ...values, currentPassword })}
        />
        <TextField
          label="New password"
          type="password"
          autoComplete="new-password"
          error={save.errors.newPassword}
          value={values.newPassword}
          onChange={(newPassword) => setValues({ ...values, newPassword })}
        />
        <FormActions>
          <Button type="submit" pending={save.isPending}>
            Change the password
          </Button>
        </FormActions>
      </Form>
    </FormSection>
  )
}
