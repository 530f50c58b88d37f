'use client'

import { useState, type FormEvent } from 'react'
import Image from 'next/image'
import { codeSchema, type RecoveryCodes, type SecondFactorStart } from '@/lib/contracts/people/access'
import { Button } from '@/components/ui/button'
import { CodeBlock } from '@/components/ui/code-block'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { useAction } from '@/lib/client/hooks/use-action'

/** Shows the secret as a picture and as text, and turns the factor on once the app's first code is right. */
export function SecondFactorSetup({ onOn }: { onOn: (codes: readonly string[]) => void }) {
  const [code, setCode] = useState('')
  const [wrong, setWrong] = useState<FieldErrors>({})
  const start = useAction({
    run: () => api<SecondFactorStart>('/me/second-factor', { method: 'POST' }),
    errors: 'inline',
  })
  const confirm = useAction({
    run: (body: unknown) => api<RecoveryCodes>('/me/second-factor/confirm', { method: 'POST', body }),
    errors: 'inline',
    onDone: (on) => onOn(on.recoveryCodes),
  })

  function submit(event: FormEvent) {
    event.preventDefault()
    const checked = checkForm(codeSchema, { code })
    setWrong(checked.ok ? {} : checked.errors)
    if (checked.ok) confirm.mutate(checked.value)
  }

  if (!start.data)
    return (
      <>
        {start.error && <ProblemNote error={start.error} />}
        <Button variant="secondary" pending={start.isPending} onClick={() => start.mutate(undefined)}>
          Set up a second factor
        </Button>
      </>
    )
  const fields = fieldErrorsOf(confirm.error)
  return (
    <form method="post" noValidate onSubmit={submit} className="space-y-4">
      <p className="text-ink-2">Scan this with an authenticator app, or type the text into it.</p>
      <Image
        src={`data:image/svg+xml;utf8,${encodeURIComponent(start.data.qrSvg)}`}
        alt="QR code of the second factor"
        width={192}
        height={192}
        unoptimized
        className="rounded-md bg-white p-1"
      />
      <CodeBlock text={start.data.secret.match(/.{1,4}/g)?.join(' ') ?? start.data.secret} label="Copy" />
      {confirm.error && !fields.code && <ProblemNote error={confirm.error} />}
      <Field label="Code that the app shows" error={wrong.code ?? fields.code}>
        {(control) => (
          <Input
            {...control}
            className="max-w-40"
            inputMode="numeric"
            autoComplete="one-time-code"
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" pending={confirm.isPending}>
        Turn it on
      </Button>
    </form>
  )
}
