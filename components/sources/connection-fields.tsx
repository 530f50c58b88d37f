import { useState, type ClipboardEvent } from 'react'
import { type SslMode, sslModes } from '@/lib/core/network/ssl-modes'
import { sslConsequences } from '@/lib/core/network/ssl-modes'
import { Field } from '@/components/ui/field'
import { Select, Textarea } from '@/components/ui/input'
import { TextField } from '@/components/ui/text-field'
import type { FieldErrors } from '@/lib/client/form-errors'
import { keptSecretHint } from '@/lib/client/stored-secret-hint'
import { pastedChanges, pastedWords, typedHostChanges } from './pasted-values'
import { sslOf, type SourceValues } from './source-values'

const sslWords: Record<SslMode, string> = {
  disable: 'disable: never encrypted',
  prefer: 'prefer: encrypted when the server offers it',
  require: 'require: encrypted, server not checked',
  'verify-ca': 'verify-ca: certificate must be from the CA',
  'verify-full': 'verify-full: and must name this host',
}

/** So that who is told to paste a certificate is led there. */
export const focusCa = () => document.querySelector<HTMLElement>('textarea[data-ca]')?.focus()

interface ConnectionFieldsProps {
  values: SourceValues
  errors: FieldErrors
  /** Absent while no password is stored. */
  passwordHint: string | undefined
  onChange: (changes: Partial<SourceValues>) => void
}

export function ConnectionFields({ values, errors, passwordHint, onChange }: ConnectionFieldsProps) {
  const [filled, setFilled] = useState('')
  /** A connection that was pasted, or typed as the host, goes into the fields that it names; nothing else keeps it. */
  function take(text: string, read = pastedChanges): boolean {
    const changes = read(text)
    if (!changes) return false
    onChange(changes)
    setFilled(pastedWords(changes, text))
    return true
  }
  const paste = (event: ClipboardEvent<HTMLInputElement>) => {
    if (take(event.clipboardData.getData('text/plain'))) event.preventDefault()
  }
  const ssl = sslOf(values)
  const verifies = ssl === 'verify-ca' || ssl === 'verify-full'
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-[1fr_7rem]">
        <TextField
          label="Host"
          error={errors['connection.host']}
          hint="A name, an address, or a socket folder. Or paste a connection URL, a psql command, or a line of .env"
          spellCheck={false}
          value={values.host}
          onPaste={paste}
          onBlur={() => take(values.host, typedHostChanges)}
          onChange={(typed) => onChange({ host: typed })}
        />
        <TextField
          label="Port"
          error={errors['connection.port']}
          inputMode="numeric"
          value={values.port}
          onChange={(typed) => onChange({ port: typed })}
        />
      </div>
      <p aria-live="polite" className="text-xs text-ink-2 empty:hidden">
        {filled}
      </p>
      <TextField
        label="Database"
        error={errors['connection.database']}
        spellCheck={false}
        onPaste={paste}
        value={values.database}
        onChange={(typed) => onChange({ database: typed })}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="User"
          error={errors['connection.user']}
          spellCheck={false}
          onPaste={paste}
          value={values.user}
          onChange={(typed) => onChange({ user: typed })}
        />
        <TextField
          label="Password"
          optional={passwordHint === undefined}
          hint={passwordHint}
          error={errors['connection.password']}
          type="password"
          autoComplete="new-password"
          placeholder={passwordHint === keptSecretHint ? '••••••••' : ''}
          value={values.password}
          onChange={(typed) => onChange({ password: typed })}
        />
      </div>
      <Field label="TLS" hint={sslConsequences[ssl]} error={errors['connection.ssl']}>
        {(control) => (
          <Select
            {...control}
            value={ssl}
            onChange={(event) => onChange({ ssl: sslModes.find((mode) => mode === event.target.value) ?? null })}
          >
            {sslModes.map((mode) => (
              <option key={mode} value={mode}>
                {sslWords[mode]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {verifies && (
        <Field
          label="Certificate of the CA"
          optional
          hint="PEM. When empty, the certificate authorities of the worker’s system are trusted."
          error={errors['connection.sslRootCert']}
        >
          {(control) => (
            <Textarea
              {...control}
              data-ca
              className="font-mono text-xs"
              value={values.sslRootCert}
              spellCheck={false}
              placeholder="-----BEGIN CERTIFICATE-----"
              onChange={(event) => onChange({ sslRootCert: event.target.value })}
            />
          )}
        </Field>
      )}
    </>
  )
}
