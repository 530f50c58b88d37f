'use client'

import { useQuery } from '@tanstack/react-query'
import { useWatch } from 'react-hook-form'
import { createScheduleSchema, type Schedule } from '@/lib/contracts/schedule'
import type { Source } from '@/lib/contracts/source'
import { fieldsOf } from '@/components/form/fields-of'
import { Form, FormActions } from '@/components/form/form'
import { RoleButton } from '@/components/shell/role-button'
import { FormSection } from '@/components/ui/form-section'
import { SkeletonRows } from '@/components/ui/skeleton'
import { sourcesAmong } from '@/lib/client/backup-kinds'
import { api } from '@/lib/client/api'
import { useForm } from '@/lib/client/hooks/use-form'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { pauseBody, pauseValues, StateFields, type PauseValues } from './state-fields'
import { ActionFields, TimingSections } from './timing-sections'
import { timingBody, timingMessages, timingValues, type TimingValues, type UsualTiming } from './timing-values'
import { useUsualTiming } from './use-usual-timing'

interface ScheduleFormProps {
  schedule?: Schedule
  sourceId?: string | undefined
  onSaved: (schedule: Schedule) => void
}

export function ScheduleForm(props: ScheduleFormProps) {
  const sources = useQuery(sourcesQuery())
  const usual = useUsualTiming()
  if (sources.isPending || usual === null) return <SkeletonRows />
  return <KnownScheduleForm {...props} sources={sources.data?.items ?? []} usual={usual} />
}

interface ScheduleValues extends TimingValues, PauseValues {
  sourceId: string
}
const Enter = fieldsOf<ScheduleValues>()

const scheduleInputOf =
  (sources: readonly Source[]) =>
  ({ sourceId, enabled, pausedUntil: _, ...timing }: ScheduleValues) => ({
    ...timingBody(timing, sourcesAmong(sources, [sourceId])),
    sourceId,
    enabled,
  })

/** Source and action of a stored one stay. */
const schedulePatchOf = (sources: readonly Source[]) => (values: ScheduleValues) => {
  const { sourceId: _, action: __, ...changes } = scheduleInputOf(sources)(values)
  return { ...changes, ...pauseBody(values) }
}

interface KnownScheduleFormProps extends ScheduleFormProps {
  sources: readonly Source[]
  usual: UsualTiming
}

function KnownScheduleForm({ schedule, sourceId, sources, usual, onSaved }: KnownScheduleFormProps) {
  const about = schedule?.sourceId ?? sourceId ?? sources[0]?.id ?? ''
  const save = useForm({
    schema: createScheduleSchema,
    initial: {
      ...timingValues(schedule, usual, sourcesAmong(sources, [about])),
      ...pauseValues(schedule),
      sourceId: about,
    },
    inputOf: scheduleInputOf(sources),
    bodyOf: schedule ? schedulePatchOf(sources) : scheduleInputOf(sources),
    more: (values): Readonly<Record<string, string>> => ({
      ...timingMessages(values),
      ...(values.sourceId === '' ? { sourceId: 'Choose a source' } : {}),
    }),
    run: (body: unknown) =>
      api<Schedule>(schedule ? `/admin/schedules/${schedule.id}` : '/admin/schedules', {
        method: schedule ? 'PATCH' : 'POST',
        body,
      }),
    done: schedule ? 'The schedule is saved' : 'The schedule is added',
    onDone: onSaved,
  })
  const chosen = useWatch({ control: save.fields.control, name: 'sourceId' })

  return (
    <Form
      form={save}
      failedTitle="The schedule was not saved"
      actions={
        <FormActions>
          <RoleButton needs="admin" type="submit" pending={save.action.isPending}>
            {schedule ? 'Save the schedule' : 'Add the schedule'}
          </RoleButton>
        </FormActions>
      }
    >
      <FormSection title="What" note={schedule && 'Source and action stay; add another schedule for others.'}>
        <div className="grid gap-4 sm:grid-cols-2">
          <Enter.Select
            name="sourceId"
            label="Source"
            disabled={schedule !== undefined}
            choices={sources.map(({ id, name }) => ({ value: id, label: name }))}
          />
          <ActionFields fixed={schedule !== undefined} sources={sourcesAmong(sources, [chosen])} />
        </div>
      </FormSection>
      <TimingSections />
      <StateFields stored={schedule} />
    </Form>
  )
}
