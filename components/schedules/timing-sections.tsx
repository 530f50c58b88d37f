'use client'

import { useQuery } from '@tanstack/react-query'
import { restoreTestLevels } from '@/lib/contracts/schedule'
import { provesOf } from '@/components/engines/index'
import { Checkbox } from '@/components/ui/check'
import { Field } from '@/components/ui/field'
import { FormSection } from '@/components/ui/form-section'
import { Select } from '@/components/ui/input'
import type { FieldErrors } from '@/lib/client/form-errors'
import { destinationsQuery } from '@/lib/client/queries/destinations'
import { levelWords } from '@/lib/client/words/words'
import { CronField } from './cron-field'
import { RetentionField } from './retention-field'
import { StartFields } from './start-fields'
import { windowOf } from './start-values'
import type { TimingValues } from './timing-values'

interface TimingProps {
  values: TimingValues
  errors: FieldErrors
  onChange: (changes: Partial<TimingValues>) => void
}

/** What is done, and how thoroughly. */
export function ActionFields({
  values,
  onChange,
  fixed,
  engine,
}: Omit<TimingProps, 'errors'> & { fixed: boolean; engine?: string | undefined }) {
  return (
    <>
      <Field label="Action">
        {(control) => (
          <Select
            {...control}
            value={values.action}
            disabled={fixed}
            onChange={(event) => onChange({ action: event.target.value === 'backup' ? 'backup' : 'restore-test' })}
          >
            <option value="backup">Backup</option>
            <option value="restore-test">Restore test of the latest backup</option>
          </Select>
        )}
      </Field>
      {values.action === 'restore-test' && (
        <Field label="Level" hint={provesOf(values.level, engine)}>
          {(control) => (
            <Select
              {...control}
              value={values.level}
              onChange={(event) =>
                onChange({ level: restoreTestLevels.find((level) => level === event.target.value) ?? 'standard' })
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
    </>
  )
}

/** When it runs, how runs begin, where backups go and how long they stay. */
export function TimingSections({ values, errors, onChange }: TimingProps) {
  const destinations = useQuery(destinationsQuery())
  return (
    <>
      <FormSection title="When">
        <CronField
          cron={values.cron}
          timeZone={values.timeZone}
          window={windowOf(values.start)}
          errors={{ cron: errors.cron, timeZone: errors.timeZone }}
          onChange={onChange}
        />
        <Field
          label="A run that was missed because no worker ran"
          hint="Either way it is recorded as missed and raises an alert."
        >
          {(control) => (
            <Select
              {...control}
              value={values.catchUp}
              onChange={(event) => onChange({ catchUp: event.target.value === 'skip' ? 'skip' : 'once' })}
            >
              <option value="once">Run late, once</option>
              <option value="skip">Skip until the next one is due</option>
            </Select>
          )}
        </Field>
      </FormSection>
      <FormSection title="How runs begin" note="The defaults suit most sources.">
        <StartFields
          values={values.start}
          errors={errors}
          onChange={(changes) => onChange({ start: { ...values.start, ...changes } })}
        />
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
                  checked={values.destinationIds.includes(destination.id)}
                  onChange={(on) =>
                    onChange({
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
            value={values.retentionPolicyId ?? null}
            onChange={(retentionPolicyId) => onChange({ retentionPolicyId })}
          />
        </FormSection>
      )}
    </>
  )
}
