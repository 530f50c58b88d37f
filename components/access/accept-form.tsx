'use client'

import { useState, type FormEvent } from 'react'
import { signIn } from 'next-auth/react'
import { acceptInvitationSchema, type InvitationFace } from '@/lib/contracts/access'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { useAction } from '@/lib/client/use-action'

export function AcceptForm({ token, face }: { token: string; face: InvitationFace }) {
  const [values, setValues] = useState({ name: face.name, password: '', repeated: '' })
  const [wrong, setWrong] = useState<FieldErrors>({})
  const makes = face.purpose === 'account'
  const accept = useAction({
    run: async (body: unknown) => {
      await api<unknown>('/invitations/accept', { method: 'POST', body })
      const result = await signIn('credentials', { email: face.email, password: values.password, redirect: false })
      // With a second factor the sign-in page asks for the code.
      window.location.assign(result?.ok && !result.error ? '/admin' : '/login')
    },
    errors: 'inline',
  })
  const errors = { ...fieldErrorsOf(accept.error), ...wrong }
  const change = (name: keyof typeof values) => (event: { target: { value: string } }) =>
    setValues({ ...values, [name]: event.target.value })

  function submit(event: FormEvent) {
    event.preventDefault()
    const { repeated, ...rest } = values
    const checked = checkForm(acceptInvitationSchema, { token, ...rest })
    const found: FieldErrors = {
      ...(checked.ok ? {} : checked.errors),
      ...(repeated === values.password ? {} : { repeated: 'The two passwords differ' }),
    }
    setWrong(found)
    if (checked.ok && Object.keys(found).length === 0) accept.mutate(checked.value)
  }

  return (
    <form method="post" noValidate onSubmit={submit} className="space-y-4">
      {accept.error && <ProblemNote error={accept.error} />}
      {makes && (
        <Field label="Name" optional error={errors.name}>
          {(control) => <Input {...control} autoComplete="name" value={values.name} onChange={change('name')} />}
        </Field>
      )}
      <Field label="New password" hint="At least 12 characters" error={errors.password}>
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="new-password"
            value={values.password}
            onChange={change('password')}
          />
        )}
      </Field>
      <Field label="The same again" error={errors.repeated}>
        {(control) => (
          <Input
            {...control}
            type="password"
            autoComplete="new-password"
            value={values.repeated}
            onChange={change('repeated')}
          />
        )}
      </Field>
      <Button type="submit" className="w-full" pending={accept.isPending}>
        {makes ? 'Make the account' : 'Set the password'}
      </Button>
    </form>
  )
}
