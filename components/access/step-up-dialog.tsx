'use client'

import { useEffect, useState } from 'react'
import { signIn } from 'next-auth/react'
import { useFormState, useWatch } from 'react-hook-form'
import type { Problem } from '@/lib/contracts/common'
import { stepUpSchema } from '@/lib/contracts/people/access'
import { fieldsOf } from '@/components/form/fields-of'
import { Form } from '@/components/form/form'
import { Button } from '@/components/ui/button'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { api } from '@/lib/client/api'
import { askAgainParams } from '@/lib/client/ask-again-params'
import { askStepUpWith } from '@/lib/client/step-up'
import { useForm } from '@/lib/client/hooks/use-form'

interface Asked {
  methods: readonly string[]
  answer: (shown: boolean) => void
}

/** Asks again for the password or a code, wherever a request needs it; one for the whole page. */
export function StepUpDialog() {
  const [asked, setAsked] = useState<Asked | null>(null)
  useEffect(
    () =>
      askStepUpWith(
        (problem) =>
          new Promise((answer) => setAsked({ methods: methodsOf(problem), answer: (shown) => answer(shown) })),
      ),
    [],
  )
  if (!asked) return null
  const close = (shown: boolean) => {
    asked.answer(shown)
    setAsked(null)
  }
  return (
    <Dialog
      open
      onOpenChange={() => close(false)}
      title="Confirm that it is you"
      description="What you are about to do cannot be done with a borrowed session. This lasts ten minutes."
    >
      {asked.methods.includes('password') || asked.methods.includes('code') ? (
        <StepUpForm methods={asked.methods} onShown={() => close(true)} onCancel={() => close(false)} />
      ) : asked.methods.includes('oidc') ? (
        <SignInAgain />
      ) : (
        <p>Your account has neither a password nor a second factor. Set up a second factor under Settings, Profile.</p>
      )}
    </Dialog>
  )
}

const empty = { password: '', code: '' }
const Enter = fieldsOf<typeof empty>()

function StepUpForm(props: { methods: readonly string[]; onShown: () => void; onCancel: () => void }) {
  const both = props.methods.includes('password') && props.methods.includes('code')
  const [by, setBy] = useState<'password' | 'code'>(props.methods.includes('password') ? 'password' : 'code')
  const show = useForm({
    schema: stepUpSchema,
    initial: empty,
    inputOf: (typed: typeof empty) => ({ [by]: typed[by] }),
    run: (body) => api<unknown>('/me/step-up', { method: 'POST', body }),
    onDone: props.onShown,
  })
  const { control, reset } = show.fields
  const typed = useWatch({ control, name: by })
  const { errors } = useFormState({ control })

  return (
    <Form form={show} errorShown={!errors[by]}>
      {by === 'password' ? (
        <Enter.Text
          name="password"
          label="Your password"
          key="password"
          type="password"
          autoComplete="current-password"
          autoFocus
        />
      ) : (
        <Enter.Text
          name="code"
          label="Your code"
          hint="Of your authenticator app, or a recovery code"
          key="code"
          autoComplete="one-time-code"
          autoFocus
        />
      )}
      {both && (
        <Button
          variant="link"
          size="inline"
          onClick={() => {
            setBy(by === 'password' ? 'code' : 'password')
            reset()
          }}
        >
          {by === 'password' ? 'Use a code instead' : 'Use the password instead'}
        </Button>
      )}
      <DialogActions>
        <Button variant="secondary" onClick={props.onCancel}>
          Not now
        </Button>
        <Button type="submit" pending={show.action.isPending} disabled={typed === ''}>
          Confirm
        </Button>
      </DialogActions>
    </Form>
  )
}

function SignInAgain() {
  const [pending, setPending] = useState(false)
  return (
    <>
      <p className="text-ink-2">
        You come from an identity provider: sign in there again, then do once more what you were about to do. With a
        second factor of your own (Settings, Profile) a code is enough. Are you asked once more after that? Then your
        provider does not tell when it asked for your password: an administrator with a password has to do it.
      </p>
      <DialogActions>
        <Button
          pending={pending}
          onClick={() => {
            setPending(true)
            void signIn('oidc', { callbackUrl: window.location.href }, askAgainParams)
          }}
        >
          Sign in again
        </Button>
      </DialogActions>
    </>
  )
}

function methodsOf(problem: Problem): readonly string[] {
  const methods = problem.facts?.['methods']
  return Array.isArray(methods) ? methods.filter((method) => typeof method === 'string') : []
}
