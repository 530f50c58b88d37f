'use client'

import { useEffect, useState, type FormEvent } from 'react'
import { signIn } from 'next-auth/react'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { TextField } from '@/components/ui/text-field'
import { isCode } from '@/lib/client/is-code'
import { signInTrouble, type SignInTrouble } from '@/lib/client/sign-in-trouble'

interface SignInFormProps {
  target: string
  /** What the identity provider's button says; null: there is none. */
  oidcLabel: string | null
  /** The code that a sign-in elsewhere came back with. */
  error: string | null
}

export function SignInForm({ target, oidcLabel, error }: SignInFormProps) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  /** Null until the password was right and a code is asked for. */
  const [code, setCode] = useState<string | null>(null)
  const [pending, setPending] = useState<'password' | 'oidc' | null>(null)
  const [locked, setLocked] = useState(false)
  const [trouble, setTrouble] = useState<SignInTrouble | null>(error === null ? null : signInTrouble(error))
  const ready = useReady()

  async function submit(event: FormEvent) {
    event.preventDefault()
    setPending('password')
    setTrouble(null)
    try {
      const result = await signIn('credentials', { email, password, code: code ?? '', redirect: false })
      if (result?.ok && !result.error) return window.location.assign(target)
      const answer = result?.error ?? ''
      if (isCode(answer, 'second-factor-needed')) setCode('')
      else {
        setTrouble(signInTrouble(answer))
        setLocked(isCode(answer, 'rate-limited'))
        // Past a lock a code is sent together with the password.
        if (code !== null) setCode('')
        else if (!isCode(answer, 'rate-limited')) setPassword('')
      }
    } catch {
      setTrouble({
        title: 'Holdfast does not answer',
        remedy: 'Check that it runs and that this computer can reach it.',
      })
    }
    setPending(null)
  }

  function leaveForProvider() {
    setPending('oidc')
    void signIn('oidc', { callbackUrl: target })
  }

  return (
    <main>
      <h1 className="text-center text-xl font-semibold">Sign in</h1>
      <p className="mt-1 mb-6 text-center text-ink-2">Backups, proven by restoring them.</p>
      <form
        method="post"
        onSubmit={(event) => void submit(event)}
        className="space-y-4 rounded-xl border border-line bg-surface p-5 shadow-card sm:p-6"
      >
        {trouble && (
          <Callout tone="bad" role="alert" title={trouble.title}>
            {trouble.remedy}
          </Callout>
        )}
        {code === null ? (
          <>
            <TextField
              label="E-mail"
              type="email"
              name="email"
              autoComplete="username"
              required
              autoFocus
              value={email}
              onChange={setEmail}
            />
            <TextField
              label="Password"
              type="password"
              name="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={setPassword}
            />
          </>
        ) : (
          <TextField
            label="Code"
            hint="Of your authenticator app. Without it, one of your recovery codes."
            name="code"
            autoComplete="one-time-code"
            required
            autoFocus
            value={code}
            onChange={setCode}
          />
        )}
        <Button
          type="submit"
          className="w-full"
          pending={pending === 'password'}
          disabled={!ready || pending === 'oidc'}
        >
          Sign in
        </Button>
        {locked && code === null && (
          <Button
            variant="link"
            size="inline"
            onClick={() => {
              setCode('')
              setTrouble(null)
            }}
          >
            Sign in with a code of your authenticator app
          </Button>
        )}
        {code !== null && (
          <Button
            variant="link"
            size="inline"
            onClick={() => {
              setCode(null)
              setPassword('')
              setTrouble(null)
            }}
          >
            Start again
          </Button>
        )}
        {oidcLabel !== null && code === null && (
          <div className="border-t border-line pt-4">
            <Button
              variant="secondary"
              className="w-full"
              pending={pending === 'oidc'}
              disabled={!ready || pending === 'password'}
              onClick={leaveForProvider}
            >
              <span className="truncate">Sign in with {oidcLabel}</span>
            </Button>
          </div>
        )}
      </form>
    </main>
  )
}

/** The button waits until the page can handle it: before that the browser would send the form by itself. */
function useReady(): boolean {
  const [ready, setReady] = useState(false)
  useEffect(() => {
    const frame = requestAnimationFrame(() => setReady(true))
    return () => cancelAnimationFrame(frame)
  }, [])
  return ready
}
