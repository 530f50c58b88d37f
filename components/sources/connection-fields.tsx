import { sslModes } from '@/lib/contracts/source'
import { Field } from '@/components/ui/field'
import { Input, Select, Textarea } from '@/components/ui/input'
import type { FieldErrors } from '@/lib/client/form-errors'
import type { SourceValues } from './source-values'

const sslWords: Record<SourceValues['ssl'], string> = {
  disable: 'disable: never encrypted',
  prefer: 'prefer: encrypted when the server offers it',
  require: 'require: encrypted, server not checked',
  'verify-ca': 'verify-ca: certificate must be from the CA',
  'verify-full': 'verify-full: and must name this host',
}

interface ConnectionFieldsProps {
  values: SourceValues
  errors: FieldErrors
  hasPassword: boolean
  onChange: (changes: Partial<SourceValues>) => void
}

export function ConnectionFields({ values, errors, hasPassword, onChange }: ConnectionFieldsProps) {
  const verifies = values.ssl === 'verify-ca' || values.ssl === 'verify-full'
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-[1fr_7rem]">
        <Field
          label="Host"
          error={errors['connection.host']}
          hint="A name, an address, or a socket folder such as /var/run/postgresql"
        >
          {(control) => (
            <Input
              {...control}
              value={values.host}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => onChange({ host: event.target.value })}
            />
          )}
        </Field>
        <Field label="Port" error={errors['connection.port']}>
          {(control) => (
            <Input
              {...control}
              value={values.port}
              inputMode="numeric"
              autoComplete="off"
              onChange={(event) => onChange({ port: event.target.value })}
            />
          )}
        </Field>
      </div>
      <Field label="Database" error={errors['connection.database']}>
        {(control) => (
          <Input
            {...control}
            value={values.database}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => onChange({ database: event.target.value })}
          />
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="User" error={errors['connection.user']}>
          {(control) => (
            <Input
              {...control}
              value={values.user}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => onChange({ user: event.target.value })}
            />
          )}
        </Field>
        <Field
          label="Password"
          optional={!hasPassword}
          hint={hasPassword ? 'Leave empty to keep the stored one' : undefined}
          error={errors['connection.password']}
        >
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="new-password"
              value={values.password}
              placeholder={hasPassword ? '••••••••' : ''}
              onChange={(event) => onChange({ password: event.target.value })}
            />
          )}
        </Field>
      </div>
      <Field label="TLS" error={errors['connection.ssl']}>
        {(control) => (
          <Select
            {...control}
            value={values.ssl}
            onChange={(event) => onChange({ ssl: sslModes.find((mode) => mode === event.target.value) ?? 'prefer' })}
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
