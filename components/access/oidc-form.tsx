'use client'

import { useState } from 'react'
import type { OidcFacts } from '@/lib/contracts/people/access'
import { roles } from '@/lib/contracts/common'
import { sectionReach, type Operations } from '@/lib/contracts/operations'
import { Button } from '@/components/ui/button'
import { Switch } from '@/components/ui/check'
import { Field } from '@/components/ui/field'
import { Form, FormActions } from '@/components/ui/form'
import { FormSection } from '@/components/ui/form-section'
import { Select, Textarea } from '@/components/ui/input'
import { TextField } from '@/components/ui/text-field'
import { roleWords } from '@/lib/client/role'
import { storedSecretHint } from '@/lib/client/stored-secret-hint'
import { useSaveOperations } from '@/lib/client/hooks/use-save-operations'
import { OidcTester } from './oidc-tester'
import { fromValues, toValues, type OidcValues } from './oidc-values'

type TextName = 'issuer' | 'clientId' | 'clientSecret' | 'label' | 'scopes' | 'groupsClaim'

/** Single sign-on: the provider, who gets in and with which role. */
export function OidcForm({ stored, facts }: { stored: Operations['oidc']; facts: OidcFacts }) {
  const [values, setValues] = useState<OidcValues>(() => toValues(stored))
  const save = useSaveOperations({
    done: (saved) => (saved.oidc.enabled ? 'Saved. The button is on the sign-in page' : 'Saved'),
    onDone: (saved) => setValues(toValues(saved.oidc)),
  })
  const { errors } = save
  function submit() {
    const made = fromValues(values)
    if (made.ok) save.submit(made.value)
    else save.submit({}, { 'oidc.roleByGroup': made.wrong })
  }
  const text = (name: TextName, label: string, hint: string, type = 'text') => (
    <TextField
      label={label}
      hint={hint}
      error={errors[`oidc.${name}`]}
      type={type}
      autoComplete={type === 'password' ? 'new-password' : 'off'}
      value={values[name]}
      onChange={(typed) => setValues({ ...values, [name]: typed })}
    />
  )

  return (
    <Form onSubmit={submit} error={save.error} className="space-y-5">
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
            ? storedSecretHint(sectionReach.oidc, stored, { issuer: values.issuer.trim() })
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
      <FormActions>
        <Button type="submit" pending={save.isPending}>
          Save single sign-on
        </Button>
      </FormActions>
    </Form>
  )
}
