'use client'

import { useState, type FormEvent } from 'react'
import { useQuery } from '@tanstack/react-query'
import { createPolicySchema, type Policy, type PolicyPreview } from '@/lib/contracts/policy'
import { ActionFields, TimingSections } from '@/components/schedules/timing-sections'
import { timingBody, timingValues } from '@/components/schedules/timing-values'
import { useCompleteTiming } from '@/components/schedules/use-complete-timing'
import { RoleButton } from '@/components/shell/role-button'
import { Checkbox } from '@/components/ui/check'
import { FormSection } from '@/components/ui/form-section'
import { ProblemNote } from '@/components/ui/problem-note'
import { TextField } from '@/components/ui/text-field'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { useAction } from '@/lib/client/hooks/use-action'
import { PolicyChangesDialog } from './policy-changes-dialog'

/** A policy and who follows it. Nothing is saved before it was shown what changes for whom. */
export function PolicyForm({ policy, onSaved }: { policy?: Policy; onSaved: () => void }) {
  const sources = useQuery(sourcesQuery())
  const [name, setName] = useState(policy?.name ?? '')
  const [values, setValues] = useState(timingValues(policy))
  const [sourceIds, setSourceIds] = useState(policy?.sources.map(({ id }) => id) ?? [])
  const [wrong, setWrong] = useState<FieldErrors>({})
  const [preview, setPreview] = useState<PolicyPreview | null>(null)
  const complete = useCompleteTiming(values)
  const body = { ...timingBody(complete), name, sourceIds }
  const { action: _, ...changes } = body
  const look = useAction({
    run: () =>
      api<PolicyPreview>(policy ? `/admin/policies/${policy.id}/preview` : '/admin/policies/preview', {
        method: 'POST',
        body: policy ? changes : body,
      }),
    errors: 'inline',
    onDone: setPreview,
  })
  const save = useAction({
    // Who was shown that schedules go has agreed to it.
    run: () =>
      api<Policy>(policy ? `/admin/policies/${policy.id}` : '/admin/policies', {
        method: policy ? 'PATCH' : 'POST',
        body: policy ? { ...changes, removeSchedules: true } : body,
      }),
    done: policy ? 'The policy is saved' : 'The policy is added',
    errors: 'inline',
    onDone: onSaved,
  })
  const errors = { ...fieldErrorsOf(look.error), ...fieldErrorsOf(save.error), ...wrong }

  function submit(event: FormEvent) {
    event.preventDefault()
    const checked = checkForm(createPolicySchema, body)
    const missing = complete.action === 'backup' && complete.destinationIds.length === 0
    const found: FieldErrors = {
      ...(checked.ok ? {} : checked.errors),
      ...(missing ? { destinationIds: 'Choose at least one destination' } : {}),
    }
    setWrong(found)
    save.reset()
    if (Object.keys(found).length === 0) look.mutate(undefined)
  }

  return (
    <form noValidate onSubmit={submit} className="space-y-5">
      <FormSection title="What" note={policy && 'The action stays; add another policy for others.'}>
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField label="Name" error={errors.name} value={name} onChange={setName} />
          <ActionFields
            values={values}
            onChange={(change) => setValues({ ...values, ...change })}
            fixed={policy !== undefined}
          />
        </div>
      </FormSection>
      <TimingSections values={complete} errors={errors} onChange={(change) => setValues({ ...values, ...change })} />
      <FormSection title="Who follows it" note="Each source gets a schedule that is kept in line with the policy.">
        <fieldset>
          <legend className="mb-2 text-[0.8125rem] font-medium">Sources</legend>
          {sources.data?.items.length === 0 && <p className="text-ink-3">There is none yet; add a source first.</p>}
          <div className="grid gap-2 sm:grid-cols-2">
            {sources.data?.items.map((source) => (
              <Checkbox
                key={source.id}
                label={source.name}
                checked={sourceIds.includes(source.id)}
                onChange={(on) =>
                  setSourceIds(on ? [...sourceIds, source.id] : sourceIds.filter((id) => id !== source.id))
                }
              />
            ))}
          </div>
          {errors.sourceIds && <p className="mt-1 text-[0.8125rem] text-bad">{errors.sourceIds}</p>}
        </fieldset>
      </FormSection>
      {look.error && <ProblemNote error={look.error} title="The change cannot be made like this" />}
      <div className="flex justify-end">
        <RoleButton needs="admin" type="submit" pending={look.isPending}>
          Show what changes
        </RoleButton>
      </div>
      <PolicyChangesDialog
        preview={preview}
        timeZone={complete.timeZone}
        error={save.error}
        pending={save.isPending}
        onClose={() => setPreview(null)}
        onConfirm={() => save.mutate(undefined)}
      />
    </form>
  )
}
