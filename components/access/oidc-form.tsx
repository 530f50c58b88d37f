'use client'

import { useState, type FormEvent } from 'react'
import type { OidcFacts } from '@/lib/contracts/access'
import { roles } from '@/lib/contracts/common'
import { updateOperationsSchema, type Operations } from '@/lib/contracts/operations'
import { Button } from '@/components/ui/button'
import { Switch } from '@/components/ui/check'
import { Field } from '@/components/ui/field'
import { FormSection } from '@/components/ui/form-section'
import { Input, Select, Textarea } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { roleWords } from '@/lib/client/role'
import { useAction } from '@/lib/client/use-action'
import { OidcTester } from './oidc-tester'
import { fromValues, toValues, type OidcValues } from './oidc-values'

type TextName = 'issuer' | 'clientId' | 'clientSecret' | 'label' | 'scopes' | 'groupsClaim'

/** Single sign-on: the provider, who gets in and with which role. */
export function OidcForm({ stored, facts }: { stored: Operations['oidc']; facts: OidcFacts }) {
  const [values, setValues] = useState<OidcValues>(() => toValues(stored))
  const [wrong, setWrong] = useState<FieldErrors>({})
  const save = useAction({
    run: (body: unknown) => api<Operations>('/admin/settings/operations', { method: 'PATCH', body }),
    done: (saved) => (saved.oidc.enabled ? 'Saved. The button is on the sign-in page' : 'Saved'),
    errors: 'inline',
    onDone: (saved) => setValues(toValues(saved.oidc)),
  })
  const errors: FieldErrors = { ...fieldErrorsOf(save.error), ...wrong }

  function submit(event: FormEvent) {
    event.preventDefault()
    const made = fromValues(values)
    if (!made.ok) return setWrong({ 'oidc.roleByGroup': made.wrong })
    const checked = checkForm(updateOperationsSchema, made.value)
    setWrong(checked.ok ? {} : checked.errors)
    if (checked.ok) save.mutate(checked.value)
  }
  const text = (name: TextName, label: string, hint: string, type = 'text') => (
    <Field label={label} hint={hint} error={errors[`oidc.${name}`]}>
      {(control) => (
        <Input
          {...control}
          type={type}
          autoComplete={type === 'password' ? 'new-password' : 'off'}
          value={values[name]}
          onChange={(event) => setValues({ ...values, [name]: event.target.value })}
        />
      )}
    </Field>
  )

  return (
    <form method="post" noValidate onSubmit={submit} className="space-y-5">
      {save.error && <ProblemNote error={save.error} />}
      <FormSection title="Identity provider" note="Any that speaks OpenID Connect.">
        <Switch
          label="Offer it on the sign-in page"
          checked={values.enabled}
          onChange={(enabled) => setValues({ ...values, enabled })}
        />
        {text('issuer', 'Issuer', 'As the provider calls itself, e.g. https://login.example.org/realms/main')}
        {text('clientId', 'Client id', 'Of a confidential or public client with the authorization code flow')}
        {text(
          'clientSecret',
          'Client secret',
          facts.clientSecretSet
            ? 'One is stored and never shown; leave this empty to keep it'
            : 'Empty for a public client',
          'password',
        )}
        {text('label', 'Words of the button', `“Sign in with ${values.label || '…'}”`)}
        {text('scopes', 'Scopes', 'What is asked for; openid is always among them')}
        <OidcTester callbackPath={facts.callbackPath} />
      </FormSection>
      <FormSection
        title="Roles"
        note="Given anew at every sign-in by the person’s groups; the highest counts. What is set under Users is overwritten."
      >
        {text('groupsClaim', 'Claim of the groups', 'In the ID token or the user info')}
        <Field label="Role of each group" hint="One a line: group = role" error={errors['oidc.roleByGroup']}>
          {(control) => (
            <Textarea
              {...control}
              placeholder={'dba = admin\non-call = operator'}
              className="font-mono text-xs"
              value={values.groups}
              onChange={(event) => setValues({ ...values, groups: event.target.value })}
            />
          )}
        </Field>
        <Field label="Everybody else" error={errors['oidc.defaultRole']}>
          {(control) => (
            <Select
              {...control}
              value={values.defaultRole}
              onChange={(event) =>
                setValues({ ...values, defaultRole: roles.find((role) => role === event.target.value) ?? '' })
              }
            >
              <option value="">is refused</option>
              {roles.map((role) => (
                <option key={role} value={role}>
                  {roleWords[role].name}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </FormSection>
      <Button type="submit" pending={save.isPending}>
        Save single sign-on
      </Button>
    </form>
  )
}
