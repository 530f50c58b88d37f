'use client'

import { updateMeSchema } from '@/lib/contracts/people/people'
import { fieldsOf } from '@/components/form/fields-of'
import { Form, FormActions } from '@/components/form/form'
import { Button } from '@/components/ui/button'
import { FormSection } from '@/components/ui/form-section'
import { api } from '@/lib/client/api'
import { useForm } from '@/lib/client/hooks/use-form'

const empty = { currentPassword: '', newPassword: '' }
const Enter = fieldsOf<typeof empty>()

export function PasswordForm() {
  const save = useForm({
    schema: updateMeSchema,
    initial: empty,
    run: (body) => api<unknown>('/me', { method: 'PATCH', body }),
    done: 'The password is changed. Every other session of yours is signed out.',
    after: () => empty,
  })
  return (
    <FormSection title="Password" note="At least 12 characters. Changing it signs your other sessions out.">
      <Form form={save}>
        <Enter.Text name="currentPassword" label="Current password" type="password" autoComplete="current-password" />
        <Enter.Text name="newPassword" label="New password" type="password" autoComplete="new-password" />
        <FormActions>
          <Button type="submit" pending={save.action.isPending}>
            Change the password
          </Button>
        </FormActions>
      </Form>
    </FormSection>
  )
}
