'use client'

import { useEffect, useState, type FormEvent } from 'react'
import { signIn } from 'next-auth/react'
import { useViewer } from '@/components/shell/viewer'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Dialog, DialogActions } from '@/components/ui/dialog'
import { TextField } from '@/components/ui/text-field'
import { askSignInWith, isSameViewer } from '@/lib/client/sign-in-again'
import { isCode } from '@/lib/client/is-code'
import { signInTrouble, type SignInTrouble } from '@/lib/client/sign-in-trouble'

/** Says that the session has ended and takes the sign-in right here: page, filter and what was typed stay as they are. */
export function SignInAgainDialog() {
  const [answer, setAnswer] = useState<{ give: (signedIn: boolean) => void } | null>(null)
  useEffect(() => askSignInWith(() => new Promise((resolve) => setAnswer({ give: resolve }))), [])
  if (!answer) return null
  const close = (signedIn: boolean) => {
    answer.give(signedIn)
    setAnswer(null)
  }
  return (
    <Dialog
      open
      locked
      onOpenChange={() => undefined}
      title="Your session has ended"
      description="It expired, was revoked, or was signed out elsewhere. Sign in again to go on: this page stays as it is."
    >
      <SignInAgainForm onSignedIn={() => close(true)} onLeave={() => close(false)} />
    </Dialog>
  )
}

function SignInAgainForm({ onSignedIn, onLeave }: { onSignedIn: () => void; onLeave: () => void }) {
  const { name: email } = useViewer()
  const [password, setPassword] = useState('')
  /** Null until the password was right and a code is asked for. */
  const [code, setCode] = useState<string | null>(null)
  const [pending, setPending] = useState(false)
  const [trouble, setTrouble] = useState<SignInTrouble | null>(null)

  async function submit(event: FormEvent) {
    event.preventDefault()
    // The form lies in a portal, but React's events go on to the form below it.
    event.stopPropagation()
    setPending(true)
    setTrouble(null)
    const result = await signIn('credentials', { email, password, code: code ?? '', redirect: false }).catch(() => null)
    setPending(false)
    if (result?.ok && !result.error) return onSignedIn()
    if (!result) return setTrouble({ title: 'Holdfast does not answer' })
    if (isCode(result.error, 'second-factor-needed')) return setCode('')
    setTrouble(signInTrouble(result.error ?? ''))
    if (code === null) setPassword('')
    else setCode('')
  }

  async function look() {
    setPending(true)
    const same = await isSameViewer(email)
    setPending(false)
    if (same) onSignedIn()
    else setTrouble({ title: 'You are not signed in yet' })
  }

  return (
    <form method="post" noValidate onSubmit={(event) => void submit(event)} className="space-y-4">
      {trouble && (
        <Callout tone="bad" role="alert" title={trouble.title}>
          {trouble.remedy}
        </Callout>
      )}
      <p className="text-[0.8125rem] break-words text-ink-2">
        Signing in as <strong className="font-medium text-ink">{email}</strong>
      </p>
      {code === null ? (
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          autoFocus
          value={password}
          onChange={setPassword}
        />
      ) : (
        <TextField
          label="Code"
          hint="Of your authenticator app. Without it, one of your recovery codes."
          autoComplete="one-time-code"
          autoFocus
          key="code"
          value={code}
          onChange={setCode}
        />
      )}
      <p className="text-[0.8125rem] text-ink-2">
        With an identity provider:{' '}
        <a href="/login" target="_blank" rel="noreferrer" className="text-accent underline underline-offset-4">
          sign in in another tab
        </a>
        , then{' '}
        <Button variant="link" size="inline" onClick={() => void look()}>
          go on here
        </Button>
        .
      </p>
      <DialogActions>
        <Button variant="secondary" onClick={onLeave}>
          Leave this page
        </Button>
        <Button type="submit" pending={pending} disabled={password === ''}>
          Sign in
        </Button>
      </DialogActions>
    </form>
  )
}
