'use client'

import { useState, type FormEvent } from 'react'
import { type Operations, type UpdateOperations, updateOperationsSchema } from '@/lib/contracts/operations'
import { RoleButton } from '@/components/shell/role-button'
import { Switch } from '@/components/ui/check'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { useAction } from '@/lib/client/use-action'
import { OperationsCard } from './operations-card'

/** Whether Amazon CloudWatch gets the main figures. */
export function CloudWatch() {
  return (
    <OperationsCard
      id="cloud-watch-title"
      title="CloudWatch"
      note="The main figures, every minute. The worker takes its credentials from the environment, a profile or its role."
    >
      {({ cloudWatch }) => <CloudWatchForm key={JSON.stringify(cloudWatch)} stored={cloudWatch} />}
    </OperationsCard>
  )
}

function CloudWatchForm({ stored }: { stored: Operations['cloudWatch'] }) {
  const [enabled, setEnabled] = useState(stored.enabled)
  const [region, setRegion] = useState(stored.region)
  const [namespace, setNamespace] = useState(stored.namespace)
  const [wrong, setWrong] = useState<FieldErrors>({})
  const save = useAction({
    run: (body: UpdateOperations) => api<Operations>('/admin/settings/operations', { method: 'PATCH', body }),
    done: 'CloudWatch is saved',
    errors: 'inline',
  })
  const errors = { ...fieldErrorsOf(save.error), ...wrong }
  function submit(event: FormEvent) {
    event.preventDefault()
    const body = { cloudWatch: { enabled, region: region.trim(), namespace: namespace.trim() } }
    const checked = checkForm(updateOperationsSchema, body)
    setWrong(checked.ok ? {} : checked.errors)
    if (checked.ok) save.mutate(body)
  }
  return (
    <form noValidate onSubmit={submit} className="space-y-4">
      {save.error && <ProblemNote error={save.error} />}
      <Switch label="Send metrics to CloudWatch" checked={enabled} onChange={setEnabled} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Region" error={errors['cloudWatch.region']}>
          {(control) => (
            <Input {...control} autoComplete="off" value={region} onChange={(event) => setRegion(event.target.value)} />
          )}
        </Field>
        <Field label="Namespace" error={errors['cloudWatch.namespace']}>
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              value={namespace}
              onChange={(event) => setNamespace(event.target.value)}
            />
          )}
        </Field>
      </div>
      <div className="flex justify-end">
        <RoleButton needs="admin" type="submit" size="sm" pending={save.isPending}>
          Save CloudWatch
        </RoleButton>
      </div>
    </form>
  )
}
