'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { FormProvider } from 'react-hook-form'
import { createRetentionPolicySchema, type RetentionPolicy } from '@/lib/contracts/retention'
import { fieldsOf } from '@/components/form/fields-of'
import { Message } from '@/components/form/message'
import { RoleButton } from '@/components/shell/role-button'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { retentionPoliciesQuery } from '@/lib/client/queries/schedules'
import { useForm } from '@/lib/client/hooks/use-form'
import { retentionWords } from './retention-words'

const another = 'new'

/** Chooses a retention policy, or makes one without leaving the form. */
export function RetentionField({ value, onChange }: { value: string | null; onChange: (id: string | null) => void }) {
  const policies = useQuery(retentionPoliciesQuery())
  const [making, setMaking] = useState(false)
  const chosen = policies.data?.items.find((policy) => policy.id === value)
  return (
    <div className="space-y-3">
      <Field
        label="Retention"
        hint={chosen ? retentionWords(chosen.rules) : making ? undefined : 'Nothing is deleted by itself.'}
      >
        {(control) => (
          <Select
            {...control}
            value={making ? another : (value ?? '')}
            onChange={(event) => {
              setMaking(event.target.value === another)
              if (event.target.value !== another) onChange(event.target.value || null)
            }}
          >
            <option value="">Keep everything</option>
            {policies.data?.items.map((policy) => (
              <option key={policy.id} value={policy.id}>
                {policy.name}
              </option>
            ))}
            <option value={another}>Another policy…</option>
          </Select>
        )}
      </Field>
      {making && (
        <NewPolicy
          onMade={(policy) => {
            setMaking(false)
            onChange(policy.id)
          }}
        />
      )}
    </div>
  )
}

interface NewPolicyValues {
  name: string
  rules: { keepDays: number | null; keepLast: number | null; minimum: number | null }
}
const Enter = fieldsOf<NewPolicyValues>()
const usual: NewPolicyValues = { name: '', rules: { keepDays: 30, keepLast: null, minimum: 1 } }

function newPolicyInputOf({ name, rules: typed }: NewPolicyValues) {
  const rules = {
    keepDays: typed.keepDays ?? undefined,
    keepLast: typed.keepLast ?? undefined,
    minimum: typed.minimum ?? 1,
  }
  const [called] = retentionWords(rules)
    .replace(/^Keeps /, '')
    .split(',')
  return { name: name || called, rules }
}

/** Lies in another form, so it has no form of its own in the page and is sent by its button. */
function NewPolicy({ onMade }: { onMade: (policy: RetentionPolicy) => void }) {
  const save = useForm({
    schema: createRetentionPolicySchema,
    initial: usual,
    inputOf: newPolicyInputOf,
    run: (body) => api<RetentionPolicy>('/admin/retention-policies', { method: 'POST', body }),
    onDone: onMade,
  })
  return (
    <FormProvider {...save.fields}>
      <div className="space-y-4 rounded-md border border-line p-4" role="group" aria-label="New retention policy">
        <Enter.Text name="name" label="Name of the policy" hint="Empty: named by what it keeps" />
        <div className="grid gap-4 sm:grid-cols-3">
          <Enter.Number name="rules.keepDays" label="Keep days" />
          <Enter.Number name="rules.keepLast" label="Keep newest" />
          <Enter.Number name="rules.minimum" label="Never fewer than" />
        </div>
        <Message name="rules" />
        {save.action.error && <ProblemNote error={save.action.error} />}
        <RoleButton
          needs="admin"
          variant="secondary"
          size="sm"
          pending={save.action.isPending}
          onClick={() => void save.submit()}
        >
          Make this policy
        </RoleButton>
      </div>
    </FormProvider>
  )
}
