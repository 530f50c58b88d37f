'use client'

import { useEffect, useState, type FormEvent } from 'react'
import Link from 'next/link'
import { signIn } from 'next-auth/react'
import { useQuery } from '@tanstack/react-query'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { api } from '@/lib/client/api'
import { signInTrouble, type SignInTrouble } from '@/lib/client/sign-in-trouble'

export function SignInForm({ target }: { target: string }) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [pending, setPending] = useState(false)
  const [trouble, setTrouble] = useState<SignInTrouble | null>(null)
  const setup = useQuery({
    queryKey: ['setup'],
    queryFn: ({ signal }) => api<{ needed: boolean }>('/setup', { signal }),
    refetchInterval: false,
  })
  const ready = useReady()

  async function submit(event: FormEvent) {
    event.preventDefault()
    setPending(true)
    setTrouble(null)
    try {
      const result = await signIn('credentials', { email, password, redirect: false })
      if (result?.ok && !result.error) return window.location.assign(target)
      setTrouble(signInTrouble(result?.error ?? ''))
      setPassword('')
    } catch {
      setTrouble({
        title: 'Holdfast does not answer',
        remedy: 'Check that it runs and that this computer can reach it.',
      })
    }
    setPending(false)
  }

  return (
    <main>
      <h1 className="text-center text-xl font-semibold">Sign in</h1>
      <p className="mt-1 mb-6 text-center text-ink-2">Backups, proven by restoring them.</p>
      {setup.data?.needed && (
        <Callout tone="info" title="There is no administrator yet" className="mb-4">
          <Link href="/setup" className="text-accent underline underline-offset-4">
            Create the first one
          </Link>
        </Callout>
      )}
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
        <Field label="E-mail">
          {(control) => (
            <Input
              {...control}
              type="email"
              name="email"
              autoComplete="username"
              required
              autoFocus
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        <Field label="Password">
          {(control) => (
            <Input
              {...control}
              type="password"
              name="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" className="w-full" pending={pending} disabled={!ready}>
          Sign in
        </Button>
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
