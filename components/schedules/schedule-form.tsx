'use client'

import { useState, type FormEvent } from 'react'
import { useQuery } from '@tanstack/react-query'
import { createScheduleSchema, type Schedule } from '@/lib/contracts/schedule'
import { RoleButton } from '@/components/shell/role-button'
import { Field } from '@/components/ui/field'
import { FormSection } from '@/components/ui/form-section'
import { Select } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { useAction } from '@/lib/client/hooks/use-action'
import { pauseBody, pauseValues, StateFields } from './state-fields'
import { ActionFields, TimingSections } from './timing-sections'
import { timingBody, timingValues } from './timing-values'
import { useCompleteTiming } from './use-complete-timing'

interface ScheduleFormProps {
  schedule?: Schedule
  sourceId?: string | undefined
  onSaved: (schedule: Schedule) => void
}

export function ScheduleForm({ schedule, sourceId, onSaved }: ScheduleFormProps) {
  const sources = useQuery(sourcesQuery())
  const [chosenSource, setChosenSource] = useState(schedule?.sourceId ?? sourceId ?? '')
  const [values, setValues] = useState(timingValues(schedule))
  const [state, setState] = useState(pauseValues(schedule))
  const [wrong, setWrong] = useState<FieldErrors>({})
  const complete = useCompleteTiming(values)
  const source = chosenSource || (sources.data?.items[0]?.id ?? '')
  const change = (changes: Partial<typeof values>) => setValues({ ...values, ...changes })
  const save = useAction({
    run: (body: unknown) =>
      api<Schedule>(schedule ? `/admin/schedules/${schedule.id}` : '/admin/schedules', {
        method: schedule ? 'PATCH' : 'POST',
        body,
      }),
    done: schedule ? 'The schedule is saved' : 'The schedule is added',
    errors: 'inline',
    onDone: onSaved,
  })
  const errors = { ...fieldErrorsOf(save.error), ...wrong }

  function submit(event: FormEvent) {
    event.preventDefault()
    const body = { ...timingBody(complete), sourceId: source, enabled: state.enabled }
    const checked = checkForm(createScheduleSchema, body)
    const missing = complete.action === 'backup' && complete.destinationIds.length === 0
    const found: FieldErrors = {
      ...(checked.ok ? {} : checked.errors),
      ...(missing ? { destinationIds: 'Choose at least one destination' } : {}),
    }
    setWrong(found)
    if (Object.keys(found).length > 0) return
    const { sourceId: _, action: __, ...changes } = body
    save.mutate(schedule ? { ...changes, ...pauseBody(state) } : body)
  }

  return (
    <form noValidate onSubmit={submit} className="space-y-5">
      <FormSection title="What" note={schedule && 'Source and action stay; add another schedule for others.'}>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Source" error={errors.sourceId && 'Choose a source'}>
            {(control) => (
              <Select
                {...control}
                value={source}
                disabled={schedule !== undefined}
                onChange={(event) => setChosenSource(event.target.value)}
              >
                {sources.data?.items.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <ActionFields
            values={values}
            onChange={change}
            fixed={schedule !== undefined}
            engine={sources.data?.items.find(({ id }) => id === source)?.engine}
          />
        </div>
      </FormSection>
      <TimingSections values={complete} errors={errors} onChange={change} />
      <StateFields values={state} stored={schedule} errors={errors} onChange={setState} />
      {save.error && <ProblemNote error={save.error} title="The schedule was not saved" />}
      <div className="flex justify-end">
        <RoleButton needs="admin" type="submit" pending={save.isPending}>
          {schedule ? 'Save the schedule' : 'Add the schedule'}
        </RoleButton>
      </div>
    </form>
  )
}
