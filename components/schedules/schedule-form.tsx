'use client'

import { useState, type FormEvent } from 'react'
import { useQuery } from '@tanstack/react-query'
import { createScheduleSchema, restoreTestLevels, type Schedule } from '@/lib/contracts/schedule'
import { RoleButton } from '@/components/shell/role-button'
import { Checkbox, Switch } from '@/components/ui/check'
import { Field } from '@/components/ui/field'
import { FormSection } from '@/components/ui/form-section'
import { Select } from '@/components/ui/input'
import { ProblemNote } from '@/components/ui/problem-note'
import { api } from '@/lib/client/api'
import { checkForm, fieldErrorsOf, type FieldErrors } from '@/lib/client/form-errors'
import { retentionPoliciesQuery } from '@/lib/client/queries/schedules'
import { destinationsQuery } from '@/lib/client/queries/destinations'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { useAction } from '@/lib/client/use-action'
import { levelWords } from '@/lib/client/words'
import { CronField } from './cron-field'
import { RetentionField } from './retention-field'

interface ScheduleFormProps {
  schedule?: Schedule
  sourceId?: string | undefined
  onSaved: (schedule: Schedule) => void
}

export function ScheduleForm({ schedule, sourceId, onSaved }: ScheduleFormProps) {
  const sources = useQuery(sourcesQuery())
  const destinations = useQuery(destinationsQuery())
  const policies = useQuery(retentionPoliciesQuery())
  const [values, setValues] = useState({
    sourceId: schedule?.sourceId ?? sourceId ?? '',
    action: schedule?.action ?? ('backup' as const),
    cron: schedule?.cron ?? '0 2 * * *',
    timeZone: schedule?.timeZone ?? 'UTC',
    destinationIds: schedule?.destinationIds ?? [],
    retentionPolicyId: schedule?.retentionPolicyId,
    enabled: schedule?.enabled ?? true,
    catchUp: schedule?.catchUp ?? ('once' as const),
    options: { level: schedule?.options.level ?? ('standard' as const) },
  })
  const [wrong, setWrong] = useState<FieldErrors>({})
  const change = (changes: Partial<typeof values>) => setValues({ ...values, ...changes })
  const usual = policies.data?.items.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))[0]
  const only = destinations.data?.items.length === 1 ? destinations.data.items[0] : undefined
  const complete = {
    ...values,
    sourceId: values.sourceId || (sources.data?.items[0]?.id ?? ''),
    // A new schedule starts with the usual policy; keeping everything is a choice.
    retentionPolicyId: values.retentionPolicyId === undefined ? (usual?.id ?? null) : values.retentionPolicyId,
    // One destination needs no choice.
    destinationIds: values.destinationIds.length === 0 && only ? [only.id] : values.destinationIds,
  }
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
    const checked = checkForm(createScheduleSchema, complete)
    const missing = complete.action === 'backup' && complete.destinationIds.length === 0
    const found: FieldErrors = {
      ...(checked.ok ? {} : checked.errors),
      ...(missing ? { destinationIds: 'Choose at least one destination' } : {}),
    }
    setWrong(found)
    if (Object.keys(found).length > 0) return
    const { sourceId: source, action, ...changes } = complete
    save.mutate(schedule ? changes : { sourceId: source, action, ...changes })
  }

  return (
    <form noValidate onSubmit={submit} className="space-y-5">
      <FormSection title="What" note={schedule && 'Source and action stay; add another schedule for others.'}>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Source" error={errors.sourceId && 'Choose a source'}>
            {(control) => (
              <Select
                {...control}
                value={complete.sourceId}
                disabled={schedule !== undefined}
                onChange={(event) => change({ sourceId: event.target.value })}
              >
                {sources.data?.items.map((source) => (
                  <option key={source.id} value={source.id}>
                    {source.name}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field label="Action">
            {(control) => (
              <Select
                {...control}
                value={values.action}
                disabled={schedule !== undefined}
                onChange={(event) => change({ action: event.target.value === 'backup' ? 'backup' : 'restore-test' })}
              >
                <option value="backup">Backup</option>
                <option value="restore-test">Restore test of the latest backup</option>
              </Select>
            )}
          </Field>
        </div>
        {values.action === 'restore-test' && (
          <Field label="Level" hint={levelWords[values.options.level].proves}>
            {(control) => (
              <Select
                {...control}
                value={values.options.level}
                onChange={(event) =>
                  change({
                    options: { level: restoreTestLevels.find((level) => level === event.target.value) ?? 'standard' },
                  })
                }
              >
                {restoreTestLevels.map((level) => (
                  <option key={level} value={level}>
                    {levelWords[level].label}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        )}
      </FormSection>
      <FormSection title="When">
        <CronField
          cron={values.cron}
          timeZone={values.timeZone}
          errors={{ cron: errors.cron, timeZone: errors.timeZone }}
          onChange={change}
        />
        <Field
          label="A run that was missed because no worker ran"
          hint="Either way it is recorded as missed and raises an alert."
        >
          {(control) => (
            <Select
              {...control}
              value={values.catchUp}
              onChange={(event) => change({ catchUp: event.target.value === 'skip' ? 'skip' : 'once' })}
            >
              <option value="once">Run late, once</option>
              <option value="skip">Skip until the next one is due</option>
            </Select>
          )}
        </Field>
      </FormSection>
      {values.action === 'backup' && (
        <FormSection title="Where and how long">
          <fieldset>
            <legend className="mb-2 text-[0.8125rem] font-medium">Destinations</legend>
            {destinations.data?.items.length === 0 && (
              <p className="text-ink-3">There is none yet; add a destination first.</p>
            )}
            <div className="space-y-2">
              {destinations.data?.items.map((destination) => (
                <Checkbox
                  key={destination.id}
                  label={destination.name}
                  checked={complete.destinationIds.includes(destination.id)}
                  onChange={(on) =>
                    change({
                      destinationIds: on
                        ? [...values.destinationIds, destination.id]
                        : values.destinationIds.filter((id) => id !== destination.id),
                    })
                  }
                />
              ))}
            </div>
            {errors.destinationIds && <p className="mt-1 text-[0.8125rem] text-bad">{errors.destinationIds}</p>}
          </fieldset>
          <RetentionField
            value={complete.retentionPolicyId}
            onChange={(retentionPolicyId) => change({ retentionPolicyId })}
          />
        </FormSection>
      )}
      <FormSection title="State">
        <Switch
          label="On"
          hint="When off, nothing starts by itself."
          checked={values.enabled}
          onChange={(enabled) => change({ enabled })}
        />
      </FormSection>
      {save.error && <ProblemNote error={save.error} title="The schedule was not saved" />}
      <div className="flex justify-end">
        <RoleButton needs="admin" type="submit" pending={save.isPending}>
          {schedule ? 'Save the schedule' : 'Add the schedule'}
        </RoleButton>
      </div>
    </form>
  )
}
