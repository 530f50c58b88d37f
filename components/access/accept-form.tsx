'use client'

import { useState } from 'react'
import { signIn } from 'next-auth/react'
import { acceptInvitationSchema, type InvitationFace } from '@/lib/contracts/people/access'
import { Button } from '@/components/ui/button'
import { Form } from '@/components/ui/form'
import { TextField } from '@/components/ui/text-field'
import { api } from '@/lib/client/api'
import { useCheckedForm } from '@/lib/client/hooks/use-checked-form'
import { NewPasswordFields, repeatErrors } from './new-password-fields'

export function AcceptForm({ token, face }: { token: string; face: InvitationFace }) {
  const [values, setValues] = useState({ name: face.name, password: '', repeated: '' })
  const makes = face.purpose === 'account'
  const accept = useCheckedForm({
    schema: acceptInvitationSchema,
    run: async (body) => {
      await api<unknown>('/invitations/accept', { method: 'POST', body })
      const result = await signIn('credentials', { email: face.email, password: values.password, redirect: false })
      // With a second factor the sign-in page asks for the code.
      window.location.assign(result?.ok && !result.error ? '/admin' : '/login')
    },
  })
  const change = (changes: Partial<typeof values>) => setValues({ ...values, ...changes })
  const { name, password } = values

  return (
    <Form onSubmit={() => accept.submit({ token, name, password }, repeatErrors(values))} error={accept.error}>
      {makes && (
        <TextField
          label="Name"
          optional
          error={accept.errors.name}
          autoComplete="name"
          value={name}
          onChange={(typed) => change({ name: typed })}
        />
      )}
      <NewPasswordFields
        label="New password"
        repeatLabel="The same again"
        values={values}
        errors={accept.errors}
        onChange={change}
      />
      <Button type="submit" className="w-full" pending={accept.isPending}>
        {makes ? 'Make the account' : 'Set the password'}
      </Button>
    </Form>
  )
}
