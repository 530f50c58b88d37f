'use client'

import { signIn } from 'next-auth/react'
import { setupSchema } from '@/lib/contracts/people/people'
import { NewPasswordFields, repeatErrors } from '@/components/access/new-password-fields'
import { fieldsOf } from '@/components/form/fields-of'
import { Form, FormActions } from '@/components/form/form'
import { Button } from '@/components/ui/button'
import { api } from '@/lib/client/api'
import { useForm } from '@/lib/client/hooks/use-form'

const empty = { code: '', name: '', email: '', password: '', repeated: '' }
const Enter = fieldsOf<typeof empty>()

export function FirstAdministratorForm({ onSignedIn }: { onSignedIn: () => void }) {
  const create = useForm({
    schema: setupSchema,
    initial: empty,
    inputOf: ({ repeated: _, ...input }: typeof empty) => input,
    more: repeatErrors,
    run: async (body) => {
      const { email, password } = body
      await api<unknown>('/setup', { method: 'POST', body })
      const result = await signIn('credentials', { email, password, redirect: false })
      if (!result?.ok) return window.location.assign('/login?callbackUrl=/setup')
      // The recovery kit comes next, and asks for the password that was typed a moment ago.
      await api<unknown>('/me/step-up', { method: 'POST', body: { password } })
    },
    onDone: onSignedIn,
  })

  return (
    <Form form={create} className="mt-5">
      <p className="text-ink-2">
        This account may configure everything. More people can be added later, with fewer rights.
      </p>
      <Enter.Text
        name="code"
        label="Set-up code"
        hint="Printed by the start of Holdfast; in a container, in its log. It is also in keys/setup-code in the data folder."
        spellCheck={false}
        autoCapitalize="characters"
      />
      <Enter.Text name="name" label="Name" optional autoComplete="name" />
      <Enter.Text name="email" label="E-mail" type="email" autoComplete="username" />
      <NewPasswordFields label="Password" repeatLabel="Password again" />
      <FormActions>
        <Button type="submit" pending={create.action.isPending}>
          Create and continue
        </Button>
      </FormActions>
    </Form>
  )
}
