'use client'

import { signIn } from 'next-auth/react'
import { acceptInvitationSchema, type InvitationFace } from '@/lib/contracts/people/access'
import { fieldsOf } from '@/components/form/fields-of'
import { Form } from '@/components/form/form'
import { Button } from '@/components/ui/button'
import { api } from '@/lib/client/api'
import { useForm } from '@/lib/client/hooks/use-form'
import { NewPasswordFields, repeatErrors, type NewPasswordValues } from './new-password-fields'

interface AcceptValues extends NewPasswordValues {
  name: string
}
const Enter = fieldsOf<AcceptValues>()

export function AcceptForm({ token, face }: { token: string; face: InvitationFace }) {
  const makes = face.purpose === 'account'
  const accept = useForm({
    schema: acceptInvitationSchema,
    initial: { name: face.name, password: '', repeated: '' },
    inputOf: ({ name, password }: AcceptValues) => ({ token, name, password }),
    more: repeatErrors,
    run: async (body) => {
      await api<unknown>('/invitations/accept', { method: 'POST', body })
      const result = await signIn('credentials', { email: face.email, password: body.password, redirect: false })
      // With a second factor the sign-in page asks for the code.
      window.location.assign(result?.ok && !result.error ? '/admin' : '/login')
    },
  })

  return (
    <Form form={accept}>
      {makes && <Enter.Text name="name" label="Name" optional autoComplete="name" />}
      <NewPasswordFields label="New password" repeatLabel="The same again" />
      <Button type="submit" className="w-full" pending={accept.action.isPending}>
        {makes ? 'Make the account' : 'Set the password'}
      </Button>
    </Form>
  )
}
