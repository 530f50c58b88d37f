'use client'

import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import type { Operations } from '@/lib/contracts/operations'
import { TimeCell } from '@/components/cells/time-cell'
import { RoleButton } from '@/components/shell/role-button'
import { Callout } from '@/components/ui/callout'
import { Form, FormActions } from '@/components/ui/form'
import { TextField } from '@/components/ui/text-field'
import { deadMansSwitchQuery } from '@/lib/client/queries/alerts'
import { useSaveOperations } from '@/lib/client/hooks/use-save-operations'
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
  const save = useSaveOperations({ done: 'The dead man’s switch is saved' })
  const submit = () => save.submit({ deadManSwitch: { url: url.trim() || null, intervalSeconds: Number(seconds) } })
  return (
    <Form onSubmit={submit} error={save.error}>
      <div className="grid gap-4 sm:grid-cols-[1fr_8rem]">
        <TextField
          label="Address"
          optional
          hint="For example of a check at healthchecks.io; empty: nothing is called"
          placeholder="https://hc-ping.com/…"
          error={save.errors['deadManSwitch.url']}
          value={url}
          onChange={setUrl}
        />
        <TextField
          label="Every … seconds"
          inputMode="numeric"
          error={save.errors['deadManSwitch.intervalSeconds']}
          value={seconds}
          onChange={setSeconds}
        />
      </div>
      {saved.url !== null && <LastCall />}
      <FormActions>
        <RoleButton needs="admin" type="submit" size="sm" pending={save.isPending}>
          Save the switch
        </RoleButton>
      </FormActions>
    </Form>
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
