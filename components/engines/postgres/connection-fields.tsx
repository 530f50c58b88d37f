import { useState, type ClipboardEvent } from 'react'
import { useFormContext, useWatch } from 'react-hook-form'
import { fieldsOf } from '@/components/form/fields-of'
import { type SslMode, sslConsequences, sslModes } from '@/lib/core/network/ssl-modes'
import { keptSecretHint } from '@/lib/client/stored-secret-hint'
import type { ConnectionFieldsProps } from '../engine-screen'
import { pastedChanges, pastedWords, typedHostChanges, type PastedChanges } from './pasted-values'
import { sslOf, type PostgresForm } from './values'

const Enter = fieldsOf<PostgresForm>()

const sslWords: Record<SslMode, string> = {
  disable: 'disable: never encrypted',
  prefer: 'prefer: encrypted when the server offers it',
  require: 'require: encrypted, server not checked',
  'verify-ca': 'verify-ca: certificate must be from the CA',
  'verify-full': 'verify-full: and must name this host',
}
const sslChoices = sslModes.map((mode) => ({ value: mode, label: sslWords[mode] }))

/** So that a message that asks for a certificate leads there. */
export const focusCa = () => document.querySelector<HTMLElement>('textarea[data-ca]')?.focus()

export function ConnectionFields({ secretHints }: ConnectionFieldsProps) {
  const { getValues, setValue } = useFormContext<PostgresForm>()
  const [host, chosenSsl] = useWatch<PostgresForm, ['connection.host', 'connection.ssl']>({
    name: ['connection.host', 'connection.ssl'],
  })
  const [filled, setFilled] = useState('')
  /** A connection that was pasted, or typed as the host, goes into the fields that it names; nothing else keeps it. */
  function take(text: string, changes: PastedChanges | null): boolean {
    if (!changes) return false
    setValue('connection', { ...getValues('connection'), ...changes })
    setFilled(pastedWords(changes, text))
    return true
  }
  const paste = (event: ClipboardEvent<HTMLInputElement>) => {
    const text = event.clipboardData.getData('text/plain')
    if (take(text, pastedChanges(text))) event.preventDefault()
  }
  const ssl = sslOf({ host, ssl: chosenSsl })
  const verifies = ssl === 'verify-ca' || ssl === 'verify-full'
  const passwordHint = secretHints['password']
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-[1fr_7rem]">
        <Enter.Text
          name="connection.host"
          label="Host"
          hint="A name, an address, or a socket folder. Or paste a connection URL, a psql command, or a line of .env"
          spellCheck={false}
          onPaste={paste}
          onBlur={() => {
            const typed = getValues('connection.host')
            take(typed, typedHostChanges(typed))
          }}
        />
        <Enter.Number name="connection.port" label="Port" />
      </div>
      <p aria-live="polite" className="text-xs text-ink-2 empty:hidden">
        {filled}
      </p>
      <Enter.Text name="connection.database" label="Database" spellCheck={false} onPaste={paste} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Enter.Text name="connection.user" label="User" spellCheck={false} onPaste={paste} />
        <Enter.Text
          name="connection.password"
          label="Password"
          optional={passwordHint === undefined}
          hint={passwordHint}
          type="password"
          autoComplete="new-password"
          placeholder={passwordHint === keptSecretHint ? '••••••••' : ''}
        />
      </div>
      <Enter.Select
        name="connection.ssl"
        label="TLS"
        hint={sslConsequences[ssl]}
        choices={sslChoices}
        shownWhenEmpty={ssl}
      />
      {verifies && (
        <Enter.Area
          name="connection.sslRootCert"
          label="Certificate of the CA"
          optional
          hint="PEM. When empty, the certificate authorities of the worker’s system are trusted."
          data-ca
          inputClassName="font-mono text-xs"
          spellCheck={false}
          placeholder="-----BEGIN CERTIFICATE-----"
        />
      )}
    </>
  )
}
