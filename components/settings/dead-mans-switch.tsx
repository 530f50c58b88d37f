'use client'

import { useQuery } from '@tanstack/react-query'
import type { Operations } from '@/lib/contracts/operations'
import { TimeCell } from '@/components/cells/time-cell'
import { fieldsOf } from '@/components/form/fields-of'
import { Form, FormActions } from '@/components/form/form'
import { RoleButton } from '@/components/shell/role-button'
import { Callout } from '@/components/ui/callout'
import { deadMansSwitchQuery } from '@/lib/client/queries/alerts'
import { useSaveOperations } from '@/lib/client/hooks/use-save-operations'
import { OperationsCard } from './operations-card'

interface SwitchValues {
  /** Without an address nothing is called. */
  deadManSwitch: { url: string; intervalSeconds: number | null }
}
const Enter = fieldsOf<SwitchValues>()

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
  const save = useSaveOperations({
    initial: { deadManSwitch: { url: saved.url ?? '', intervalSeconds: saved.intervalSeconds } },
    inputOf: ({ deadManSwitch: { url, intervalSeconds } }: SwitchValues) => ({
      deadManSwitch: { url: url.trim() || null, intervalSeconds },
    }),
    done: 'The dead man’s switch is saved',
  })
  return (
    <Form form={save}>
      <div className="grid gap-4 sm:grid-cols-[1fr_8rem]">
        <Enter.Text
          name="deadManSwitch.url"
          label="Address"
          optional
          hint="For example of a check at healthchecks.io; empty: nothing is called"
          placeholder="https://hc-ping.com/…"
        />
        <Enter.Number name="deadManSwitch.intervalSeconds" label="Every … seconds" />
      </div>
      {saved.url !== null && <LastCall />}
      <FormActions>
        <RoleButton needs="admin" type="submit" size="sm" pending={save.action.isPending}>
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
        <Callout tone="bad" title="It is not called now, because something is wrong">
          {data.troubles.join(' ')}
        </Callout>
      )}
    </div>
  )
}
