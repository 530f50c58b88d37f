'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { createRetentionPolicySchema, type RetentionPolicy } from '@/lib/contracts/retention'
import { RoleButton } from '@/components/shell/role-button'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { TextField } from '@/components/ui/text-field'
import { api } from '@/lib/client/api'
import { retentionPoliciesQuery } from '@/lib/client/queries/schedules'
import { useCheckedForm } from '@/lib/client/hooks/use-checked-form'
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

function NewPolicy({ onMade }: { onMade: (policy: RetentionPolicy) => void }) {
  const [values, setValues] = useState({ name: '', keepDays: '30', keepLast: '', minimum: '1' })
  const save = useCheckedForm({
    schema: createRetentionPolicySchema,
    run: (body) => api<RetentionPolicy>('/admin/retention-policies', { method: 'POST', body }),
    onDone: onMade,
  })
  const { errors } = save
  const number = (text: string) => (text.trim() === '' ? undefined : Number(text))
  const rules = {
    keepDays: number(values.keepDays),
    keepLast: number(values.keepLast),
    minimum: number(values.minimum) ?? 1,
  }

  function submit() {
    const usual = retentionWords(rules)
      .replace(/^Keeps /, '')
      .split(',')[0]
    save.submit({ name: values.name || usual, rules })
  }
  const input = (name: keyof typeof values, label: string, path: string, hint?: string) => (
    <TextField
      label={label}
      hint={hint}
      error={errors[path]}
      inputMode={name === 'name' ? 'text' : 'numeric'}
      value={values[name]}
      onChange={(typed) => setValues({ ...values, [name]: typed })}
    />
  )
  return (
    <div className="space-y-4 rounded-md border border-line p-4" role="group" aria-label="New retention policy">
      {input('name', 'Name of the policy', 'name', 'Empty: named by what it keeps')}
      <div className="grid gap-4 sm:grid-cols-3">
        {input('keepDays', 'Keep days', 'rules.keepDays')}
        {input('keepLast', 'Keep newest', 'rules.keepLast')}
        {input('minimum', 'Never fewer than', 'rules.minimum')}
      </div>
      {errors.rules && <p className="text-[0.8125rem] text-bad">{errors.rules}</p>}
      {save.error && <ProblemNote error={save.error} />}
      <RoleButton needs="admin" variant="secondary" size="sm" pending={save.isPending} onClick={submit}>
        Make this policy
      </RoleButton>
    </div>
  )
}
