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

/** How long a deletion can be undone, and when retention stops by itself. */
export function RetentionSettings() {
  const settings = useQuery(accessSettingsQuery())
  return (
    <Card aria-labelledby="retention-settings-title">
      <CardHeader id="retention-settings-title" title="Before anything is deleted" />
      <CardBody>
        {settings.data ? (
          <SettingsForm key={JSON.stringify(settings.data.retention)} saved={settings.data.retention} />
        ) : settings.error ? (
          <ProblemNote error={settings.error} />
        ) : (
          <SkeletonRows />
        )}
      </CardBody>
    </Card>
  )
}

function SettingsForm({ saved }: { saved: Operations['retention'] }) {
  const [graceDays, setGraceDays] = useState(String(saved.graceDays))
  const [dropPercent, setDropPercent] = useState(String(Math.round(saved.pauseOnDropShare * 100)))
  const [wrong, setWrong] = useState<FieldErrors>({})
  const save = useAction({
    run: (body: UpdateOperations) => api<Operations>('/admin/settings/operations', { method: 'PATCH', body }),
    done: 'The settings of retention are saved',
    errors: 'inline',
  })
  const errors = { ...fieldErrorsOf(save.error), ...wrong }
  function submit(event: FormEvent) {
    event.preventDefault()
    const retention = { graceDays: Number(graceDays), pauseOnDropShare: Number(dropPercent) / 100 }
    const checked = checkForm(updateOperationsSchema, { retention })
    setWrong(checked.ok ? {} : checked.errors)
    if (checked.ok) save.mutate({ retention })
  }
  return (
    <form noValidate onSubmit={submit} className="space-y-4">
      {save.error && <ProblemNote error={save.error} />}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Days of grace"
          hint="In which a deletion by request, or by changed rules, can be undone"
          error={errors['retention.graceDays']}
        >
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              value={graceDays}
              onChange={(event) => setGraceDays(event.target.value)}
            />
          )}
        </Field>
        <Field
          label="Pause at a loss of, in percent"
          hint="Of size, rows or tables of the newest backup against those before it"
          error={errors['retention.pauseOnDropShare']}
        >
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              value={dropPercent}
              onChange={(event) => setDropPercent(event.target.value)}
            />
          )}
        </Field>
      </div>
      <div className="flex justify-end">
        <RoleButton needs="admin" type="submit" size="sm" pending={save.isPending}>
          Save these
        </RoleButton>
      </div>
    </form>
  )
}
