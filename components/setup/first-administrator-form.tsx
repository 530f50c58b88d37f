'use client'

import { useState, type FormEvent } from 'react'
import { signIn } from 'next-auth/react'
import { setupSchema } from '@/lib/contracts/people'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { useAction } from '@/lib/client/use-action'

export function FirstAdministratorForm({ onSignedIn }: { onSignedIn: () => void }) {
  const [values, setValues] = useState({ name: '', email: '', password: '', repeated: '' })
  const [wrong, setWrong] = useState<FieldErrors>({})
  const create = useAction({
    run: async (body: unknown) => {
      await api<unknown>('/setup', { method: 'POST', body })
      const result = await signIn('credentials', { email: values.email, password: values.password, redirect: false })
      if (!result?.ok) return window.location.assign('/login')
      // The recovery kit comes next, and asks for the password that was typed a moment ago.
      await api<unknown>('/me/step-up', { method: 'POST', body: { password: values.password } })
    },
    errors: 'inline',
    onDone: onSignedIn,
  })
  const errors = { ...fieldErrorsOf(create.error), ...wrong }
  const change = (name: keyof typeof values) => (event: { target: { value: string } }) =>
    setValues({ ...values, [name]: event.target.value })

  function submit(event: FormEvent) {
    event.preventDefault()
    const { repeated, ...input } = values
    const checked = checkForm(setupSchema, input)
    const found: FieldErrors = {
      ...(checked.ok ? {} : checked.errors),
      ...(repeated === values.password ? {} : { repeated: 'The two passwords differ' }),
    }
    setWrong(found)
    if (Object.keys(found).length === 0) create.mutate(input)
  }

  return (
    <form method="post" noValidate onSubmit={submit} className="mt-5 space-y-4">
      <p className="text-ink-2">
        This account may configure everything. More people can be added later, with fewer rights.
      </p>
      {create.error && <ProblemNote error={create.error} />}
      <Field label="Name" optional error={errors.name}>
        {(control) => <Input {...control} autoComplete="name" value={values.name} onChange={change('name')} />}
      </Field>
      <Field label="E-mail" error={errors.email}>
        {(control) => (
          <Input {...control} type="email" autoComplete="username" value={values.email} onChange={change('email')} />
        )}
      </Field>
      <Field label="Password" hint="At least 12 characters" error={errors.password}>
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
      <Field label="Password again" error={errors.repeated}>
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
      <Button type="submit" pending={create.isPending}>
        Create and continue
      </Button>
    </form>
  )
}
