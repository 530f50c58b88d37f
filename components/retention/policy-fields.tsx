'use client'

import type { GfsRules } from '@/lib/contracts/retention'
import { Checkbox } from '@/components/ui/check'
import { Field } from '@/components/ui/field'
import { FormSection } from '@/components/ui/form-section'
import { Select } from '@/components/ui/input'
import { TextField } from '@/components/ui/text-field'
import type { FieldErrors } from '@/lib/client/form-errors'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import type { PolicyValues } from './policy-values'

const periods: ReadonlyArray<{ level: keyof GfsRules; label: string }> = [
  { level: 'hourly', label: 'Hours' },
  { level: 'daily', label: 'Days' },
  { level: 'weekly', label: 'Weeks' },
  { level: 'monthly', label: 'Months' },
  { level: 'yearly', label: 'Years' },
]

interface PolicyFieldsProps {
  values: PolicyValues
  errors: FieldErrors
  onChange: (changes: Partial<PolicyValues>) => void
}

export function PolicyFields({ values, errors, onChange }: PolicyFieldsProps) {
  const own = useViewerTimeZone()
  const zones = [...new Set(['UTC', own, values.timeZone, ...Intl.supportedValuesOf('timeZone')])]
  const text = (
    name: 'keepDays' | 'keepLast' | 'maxTotalGib' | 'minimum',
    label: string,
    path: string,
    hint?: string,
  ) => (
    <TextField
      label={label}
      hint={hint}
      error={errors[path]}
      optional={name !== 'minimum'}
      inputMode="decimal"
      value={values[name]}
      onChange={(typed) => onChange({ [name]: typed })}
    />
  )
  return (
    <>
      <FormSection title="Policy" note="Schedules and destinations choose it by its name.">
        <TextField
          label="Name"
          error={errors.name}
          value={values.name}
          onChange={(typed) => onChange({ name: typed })}
        />
      </FormSection>
      <FormSection title="What is kept" note="Whatever at least one of these rules keeps. Only good backups count.">
        {errors.rules && <p className="text-[0.8125rem] text-bad">{errors.rules}</p>}
        <div className="grid gap-4 sm:grid-cols-2">
          {text('keepDays', 'Keep days', 'rules.keepDays', 'Counted back from the newest good backup')}
          {text('keepLast', 'Keep newest', 'rules.keepLast', 'A number of backups')}
        </div>
        <Checkbox
          label="By the calendar"
          hint="The newest good backup of each hour, day, week, month or year"
          checked={values.byCalendar}
          onChange={(byCalendar) => onChange({ byCalendar })}
        />
        {values.byCalendar && (
          <>
            <div className="grid grid-cols-2 gap-4 sm:grid-cols-5">
              {periods.map(({ level, label }) => (
                <TextField
                  key={level}
                  label={label}
                  error={errors[`rules.gfs.${level}`]}
                  inputMode="numeric"
                  value={values.gfs[level]}
                  onChange={(typed) => onChange({ gfs: { ...values.gfs, [level]: typed } })}
                />
              ))}
            </div>
            {errors['rules.gfs'] && <p className="text-[0.8125rem] text-bad">{errors['rules.gfs']}</p>}
            <Field label="Time zone" hint="In which days, weeks and months begin" error={errors['rules.timeZone']}>
              {(control) => (
                <Select
                  {...control}
                  value={values.timeZone}
                  onChange={(event) => onChange({ timeZone: event.target.value })}
                >
                  {zones.map((zone) => (
                    <option key={zone}>{zone}</option>
                  ))}
                </Select>
              )}
            </Field>
          </>
        )}
      </FormSection>
      <FormSection
        title="Limits"
        note="Pinned backups, the last good one, and what a kept backup needs are never deleted, whatever is set here."
      >
        <div className="grid gap-4 sm:grid-cols-2">
          {text('minimum', 'Never fewer than', 'rules.minimum', 'Good backups, in each destination')}
          {text('maxTotalGib', 'At most, in GiB', 'rules.maxTotalBytes', 'In each destination; above it the oldest go')}
        </div>
      </FormSection>
    </>
  )
}
