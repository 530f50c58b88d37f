'use client'

import { useState } from 'react'
import Link from 'next/link'
import type { Schedule } from '@/lib/contracts/schedule'
import { RoleButton } from '@/components/shell/role-button'
import { FormSection } from '@/components/ui/form-section'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { cronWords } from '@/lib/client/words/cron-words'
import { fieldErrorsOf } from '@/lib/client/form-errors'
import { useAction } from '@/lib/client/hooks/use-action'
import { PlannedRuns } from './next-runs'
import { pauseBody, pauseValues, StateFields } from './state-fields'

/** A schedule that follows a policy: it shows what the policy says and can only be switched off and on. */
export function PolicyScheduleForm({ schedule, onSaved }: { schedule: Schedule; onSaved: () => void }) {
  const [state, setState] = useState(pauseValues(schedule))
  const save = useAction({
    run: () =>
      api<Schedule>(`/admin/schedules/${schedule.id}`, {
        method: 'PATCH',
        body: { enabled: state.enabled, ...pauseBody(state) },
      }),
    done: 'The schedule is saved',
    errors: 'inline',
    onDone: onSaved,
  })
  return (
    <form
      noValidate
      className="space-y-5"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate(undefined)
      }}
    >
      <FormSection title="When" note="Timing, destinations and retention come from the policy and are changed there.">
        <p>
          Follows the policy{' '}
          <Link
            href={`/admin/policies/${schedule.policyId ?? ''}`}
            className="font-medium underline underline-offset-4"
          >
            {schedule.policyName}
          </Link>
        </p>
        <div className="rounded-md bg-muted px-3 py-2.5">
          <p className="font-medium">
            {cronWords(schedule.cron) ?? schedule.cron} {schedule.timeZone}
          </p>
          <PlannedRuns runs={schedule.nextRuns.map((at) => ({ at, note: null }))} timeZone={schedule.timeZone} />
        </div>
      </FormSection>
      <StateFields values={state} stored={schedule} errors={fieldErrorsOf(save.error)} onChange={setState} />
      {save.error && <ProblemNote error={save.error} title="The schedule was not saved" />}
      <div className="flex justify-end">
        <RoleButton needs="admin" type="submit" pending={save.isPending}>
          Save the schedule
        </RoleButton>
      </div>
    </form>
  )
}
