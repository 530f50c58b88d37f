'use client'

import Image from 'next/image'
import { codeSchema, type RecoveryCodes, type SecondFactorStart } from '@/lib/contracts/people/access'
import { fieldsOf } from '@/components/form/fields-of'
import { Form } from '@/components/form/form'
import { Button } from '@/components/ui/button'
import { CodeBlock } from '@/components/ui/code-block'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { useAction } from '@/lib/client/hooks/use-action'
import { useForm } from '@/lib/client/hooks/use-form'

const empty = { code: '' }
const Enter = fieldsOf<typeof empty>()

/** Shows the secret as a picture and as text, and turns the factor on once the app's first code is right. */
export function SecondFactorSetup({ onOn }: { onOn: (codes: readonly string[]) => void }) {
  const start = useAction({
    run: () => api<SecondFactorStart>('/me/second-factor', { method: 'POST' }),
    errors: 'inline',
  })
  const confirm = useForm({
    schema: codeSchema,
    initial: empty,
    run: (body) => api<RecoveryCodes>('/me/second-factor/confirm', { method: 'POST', body }),
    onDone: (on) => onOn(on.recoveryCodes),
  })

  if (!start.data)
    return (
      <>
        {start.error && <ProblemNote error={start.error} />}
        <Button variant="secondary" pending={start.isPending} onClick={() => start.mutate(undefined)}>
          Set up a second factor
        </Button>
      </>
    )
  return (
    <Form form={confirm}>
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
      <Enter.Text
        name="code"
        label="Code that the app shows"
        inputClassName="max-w-40"
        inputMode="numeric"
        autoComplete="one-time-code"
      />
      <Button type="submit" pending={confirm.action.isPending}>
        Turn it on
      </Button>
    </Form>
  )
}
