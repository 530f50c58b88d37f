'use client'

import Link from 'next/link'
import { updateScheduleSchema, type Schedule } from '@/lib/contracts/schedule'
import { Form, FormActions } from '@/components/form/form'
import { RoleButton } from '@/components/shell/role-button'
import { FormSection } from '@/components/ui/form-section'
import { api } from '@/lib/client/api'
import { cronWords } from '@/lib/client/words/cron-words'
import { useForm } from '@/lib/client/hooks/use-form'
import { PlannedRuns } from './next-runs'
import { pauseBody, pauseValues, StateFields, type PauseValues } from './state-fields'

/** A schedule that follows a policy: it shows what the policy says and can only be switched off and on. */
export function PolicyScheduleForm({ schedule, onSaved }: { schedule: Schedule; onSaved: () => void }) {
  const save = useForm({
    schema: updateScheduleSchema,
    initial: pauseValues(schedule),
    inputOf: (state: PauseValues) => ({ enabled: state.enabled, ...pauseBody(state) }),
    run: (body) => api<Schedule>(`/admin/schedules/${schedule.id}`, { method: 'PATCH', body }),
    done: 'The schedule is saved',
    onDone: onSaved,
  })
  return (
    <Form
      form={save}
      failedTitle="The schedule was not saved"
      actions={
        <FormActions>
          <RoleButton needs="admin" type="submit" pending={save.action.isPending}>
            Save the schedule
          </RoleButton>
        </FormActions>
      }
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
      <StateFields stored={schedule} />
    </Form>
  )
}
