'use client'

import { useState, type FormEvent } from 'react'
import { useQuery } from '@tanstack/react-query'
import { type Operations, type UpdateOperations, updateOperationsSchema } from '@/lib/contracts/operations'
import { TimeCell } from '@/components/cells/time-cell'
import { RoleButton } from '@/components/shell/role-button'
import { Callout } from '@/components/ui/callout'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { deadMansSwitchQuery } from '@/lib/client/queries/alerts'
import { useAction } from '@/lib/client/use-action'
import { OperationsCard } from './operations-card'

/** Somebody outside who notices when Holdfast itself is gone. */
export function DeadMansSwitchCard() {
  return (
    <OperationsCard
      id="dead-mans-switch-title"
      title="Dead man’s switch"
      note="An address outside that is called while all is well. When the calls stop, the service behind it raises the alarm: also when Holdfast itself is gone."
    >
      {({ deadManSwitch }) => <SwitchForm key={deadManSwitch.url} saved={deadManSwitch} />}
    </OperationsCard>
  )
}

function SwitchForm({ saved }: { saved: Operations['deadManSwitch'] }) {
  const [url, setUrl] = useState(saved.url ?? '')
  const [seconds, setSeconds] = useState(String(saved.intervalSeconds))
  const [wrong, setWrong] = useState<FieldErrors>({})
  const save = useAction({
    run: (body: UpdateOperations) => api<Operations>('/admin/settings/operations', { method: 'PATCH', body }),
    done: 'The dead man’s switch is saved',
    errors: 'inline',
  })
  const errors = { ...fieldErrorsOf(save.error), ...wrong }
  function submit(event: FormEvent) {
    event.preventDefault()
    const body = { deadManSwitch: { url: url.trim() || null, intervalSeconds: Number(seconds) } }
    const checked = checkForm(updateOperationsSchema, body)
    setWrong(checked.ok ? {} : checked.errors)
    if (checked.ok) save.mutate(body)
  }
  return (
    <form noValidate onSubmit={submit} className="space-y-4">
      {save.error && <ProblemNote error={save.error} />}
      <div className="grid gap-4 sm:grid-cols-[1fr_8rem]">
        <Field
          label="Address"
          optional
          hint="For example of a check at healthchecks.io; empty: nothing is called"
          error={errors['deadManSwitch.url']}
        >
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              placeholder="https://hc-ping.com/…"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
            />
          )}
        </Field>
        <Field label="Every … seconds" error={errors['deadManSwitch.intervalSeconds']}>
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              value={seconds}
              onChange={(event) => setSeconds(event.target.value)}
            />
          )}
        </Field>
      </div>
      {saved.url !== null && <LastCall />}
      <div className="flex justify-end">
        <RoleButton needs="admin" type="submit" size="sm" pending={save.isPending}>
          Save the switch
        </RoleButton>
      </div>
    </form>
  )
}

function LastCall() {
  const { data } = useQuery(deadMansSwitchQuery())
  if (!data) return null
  return (
    <div className="space-y-3">
      <p className="text-[0.8125rem] text-ink-2">
        Last called <TimeCell at={data.lastPingAt} form="inline" none="not yet" />
      </p>
      {data.lastError && (
        <Callout tone="warn" title="The last call did not arrive">
          {data.lastError}
        </Callout>
      )}
      {data.troubles.length > 0 && (
        <Callout tone="bad" title="It is not called now, because not all is well">
          {data.troubles.join(' ')}
        </Callout>
      )}
    </div>
  )
}
