'use client'

import { useState, type FormEvent } from 'react'
import { useQuery } from '@tanstack/react-query'
import { type Operations, type UpdateOperations, updateOperationsSchema } from '@/lib/contracts/operations'
import { RoleButton } from '@/components/shell/role-button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { SkeletonRows } from '@/components/ui/skeleton'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { accessSettingsQuery } from '@/lib/client/queries/access'
import { useAction } from '@/lib/client/use-action'

/** How much may run at once. */
export function Limits() {
  const settings = useQuery(accessSettingsQuery())
  return (
    <Card aria-labelledby="limits-title">
      <CardHeader
        id="limits-title"
        title="Limits"
        note="What finds a limit full waits, oldest first, and says so; nothing is skipped. Restores never wait."
      />
      <CardBody>
        {settings.data ? (
          <LimitsForm key={JSON.stringify(settings.data.limits)} saved={settings.data.limits} />
        ) : settings.error ? (
          <ProblemNote error={settings.error} />
        ) : (
          <SkeletonRows />
        )}
      </CardBody>
    </Card>
  )
}

const fields = [
  { name: 'global', label: 'At once in all', hint: 'Backups and restore tests of all workers' },
  { name: 'perHost', label: 'On one host', hint: 'Backups that read from the same server' },
  { name: 'perDestination', label: 'To one destination', hint: 'Jobs that write to the same place' },
] as const

function LimitsForm({ saved }: { saved: Operations['limits'] }) {
  const [values, setValues] = useState({
    global: String(saved.global),
    perHost: String(saved.perHost),
    perDestination: String(saved.perDestination),
  })
  const [wrong, setWrong] = useState<FieldErrors>({})
  const save = useAction({
    run: (body: UpdateOperations) => api<Operations>('/admin/settings/operations', { method: 'PATCH', body }),
    done: 'The limits are saved',
    errors: 'inline',
  })
  const errors = { ...fieldErrorsOf(save.error), ...wrong }
  function submit(event: FormEvent) {
    event.preventDefault()
    const { global, perHost, perDestination } = values
    const limits = { global: Number(global), perHost: Number(perHost), perDestination: Number(perDestination) }
    const checked = checkForm(updateOperationsSchema, { limits })
    setWrong(checked.ok ? {} : checked.errors)
    if (checked.ok) save.mutate({ limits })
  }
  return (
    <form noValidate onSubmit={submit} className="space-y-4">
      {save.error && <ProblemNote error={save.error} />}
      <div className="grid gap-4 sm:grid-cols-3">
        {fields.map(({ name, label, hint }) => (
          <Field key={name} label={label} hint={hint} error={errors[`limits.${name}`]}>
            {(control) => (
              <Input
                {...control}
                inputMode="numeric"
                value={values[name]}
                onChange={(event) => setValues({ ...values, [name]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      <p className="text-[0.8125rem] text-ink-3">
        Beside these, one worker process takes at most as many backups as HOLDFAST_BACKUP_CONCURRENCY says (2) and one
        restore test.
      </p>
      <div className="flex justify-end">
        <RoleButton needs="admin" type="submit" size="sm" pending={save.isPending}>
          Save the limits
        </RoleButton>
      </div>
    </form>
  )
}
