'use client'

import { useWatch } from 'react-hook-form'
import type { OidcFacts } from '@/lib/contracts/people/access'
import { roles } from '@/lib/contracts/common'
import { sectionReach, type Operations } from '@/lib/contracts/operations'
import { fieldsOf } from '@/components/form/fields-of'
import { Form, FormActions } from '@/components/form/form'
import { Button } from '@/components/ui/button'
import { FormSection } from '@/components/ui/form-section'
import { roleWords } from '@/lib/client/role'
import { storedSecretHint } from '@/lib/client/stored-secret-hint'
import type { FieldMessages } from '@/lib/client/hooks/use-form'
import { useSaveOperations } from '@/lib/client/hooks/use-save-operations'
import { OidcTester } from './oidc-tester'
import { oidcInputOf, readGroups, toValues, type OidcValues } from './oidc-values'

interface OidcFormValues {
  oidc: OidcValues
}
const Enter = fieldsOf<OidcFormValues>()

const defaultRoles = [
  { value: '', label: 'is refused' },
  ...roles.map((role) => ({ value: role, label: roleWords[role].name })),
]

/** Single sign-on: the provider, who gets in and with which role. */
export function OidcForm({ stored, facts }: { stored: Operations['oidc']; facts: OidcFacts }) {
  const save = useSaveOperations({
    initial: { oidc: toValues(stored) },
    inputOf: ({ oidc }: OidcFormValues) => ({ oidc: oidcInputOf(oidc) }),
    more: ({ oidc }): FieldMessages => {
      const wrong = readGroups(oidc.roleByGroup).wrong
      return wrong === undefined ? {} : { 'oidc.roleByGroup': wrong }
    },
    done: (saved) => (saved.oidc.enabled ? 'Saved. The button is on the sign-in page' : 'Saved'),
    after: (saved) => ({ oidc: toValues(saved.oidc) }),
  })
  const { control } = save.fields
  const [issuer, label] = useWatch({ control, name: ['oidc.issuer', 'oidc.label'] })
  const secretHint = facts.clientSecretSet
    ? storedSecretHint(sectionReach.oidc, stored, { issuer: issuer.trim() })
    : 'Empty for a public client'

  return (
    <Form form={save} className="space-y-5">
      <FormSection title="Identity provider" note="Any that speaks OpenID Connect.">
        <Enter.Switch name="oidc.enabled" label="Offer it on the sign-in page" />
        <Enter.Text
          name="oidc.issuer"
          label="Issuer"
          hint="As the provider calls itself, e.g. https://login.example.org/realms/main"
        />
        <Enter.Text
          name="oidc.clientId"
          label="Client id"
          hint="Of a confidential or public client with the authorization code flow"
        />
        <Enter.Text
          name="oidc.clientSecret"
          label="Client secret"
          hint={secretHint}
          type="password"
          autoComplete="new-password"
        />
        <Enter.Text name="oidc.label" label="Words of the button" hint={`“Sign in with ${label || '…'}”`} />
        <Enter.Text name="oidc.scopes" label="Scopes" hint="What is asked for; openid is always among them" />
        <OidcTester callbackPath={facts.callbackPath} />
      </FormSection>
      <FormSection
        title="Roles"
        note="Given anew at every sign-in by the person’s groups; the highest counts. What is set under Users is overwritten."
      >
        <Enter.Text name="oidc.groupsClaim" label="Claim of the groups" hint="In the ID token or the user info" />
        <Enter.Area
          name="oidc.roleByGroup"
          label="Role of each group"
          hint="One a line: group = role"
          placeholder={'dba = admin\non-call = operator'}
          inputClassName="font-mono text-xs"
        />
        <Enter.Select name="oidc.defaultRole" label="Everybody else" choices={defaultRoles} />
      </FormSection>
      <FormActions>
        <Button type="submit" pending={save.action.isPending}>
          Save single sign-on
        </Button>
      </FormActions>
    </Form>
  )
}
