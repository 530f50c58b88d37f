'use client'

import { useState } from 'react'
import { signIn } from 'next-auth/react'
import { setupSchema } from '@/lib/contracts/people/people'
import { NewPasswordFields, repeatErrors } from '@/components/access/new-password-fields'
import { Button } from '@/components/ui/button'
import { Form, FormActions } from '@/components/ui/form'
import { TextField } from '@/components/ui/text-field'
import { api } from '@/lib/client/api'
import { useCheckedForm } from '@/lib/client/hooks/use-checked-form'

export function FirstAdministratorForm({ onSignedIn }: { onSignedIn: () => void }) {
  const [values, setValues] = useState({ code: '', name: '', email: '', password: '', repeated: '' })
  const create = useCheckedForm({
    schema: setupSchema,
    run: async (body) => {
      await api<unknown>('/setup', { method: 'POST', body })
      const result = await signIn('credentials', { email: values.email, password: values.password, redirect: false })
      if (!result?.ok) return window.location.assign('/login?callbackUrl=/setup')
      // The recovery kit comes next, and asks for the password that was typed a moment ago.
      await api<unknown>('/me/step-up', { method: 'POST', body: { password: values.password } })
    },
    onDone: onSignedIn,
  })
  const change = (changes: Partial<typeof values>) => setValues({ ...values, ...changes })
  const { repeated: _, ...input } = values

  return (
    <Form onSubmit={() => create.submit(input, repeatErrors(values))} error={create.error} className="mt-5">
      <p className="text-ink-2">
        This account may configure everything. More people can be added later, with fewer rights.
      </p>
      <TextField
        label="Set-up code"
        hint="Printed by the start of Holdfast; in a container, in its log. It is also in keys/setup-code in the data folder."
        error={create.errors.code}
        spellCheck={false}
        autoCapitalize="characters"
        value={values.code}
        onChange={(code) => change({ code })}
      />
      <TextField
        label="Name"
        optional
        error={create.errors.name}
        autoComplete="name"
        value={values.name}
        onChange={(name) => change({ name })}
      />
      <TextField
        label="E-mail"
        error={create.errors.email}
        type="email"
        autoComplete="username"
        value={values.email}
        onChange={(email) => change({ email })}
      />
      <NewPasswordFields
        label="Password"
        repeatLabel="Password again"
        values={values}
        errors={create.errors}
        onChange={change}
      />
      <FormActions>
        <Button type="submit" pending={create.isPending}>
          Create and continue
        </Button>
      </FormActions>
    </Form>
  )
}
