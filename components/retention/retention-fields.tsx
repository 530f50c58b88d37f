'use client'

import { useWatch } from 'react-hook-form'
import type { GfsRules } from '@/lib/contracts/retention'
import { fieldsOf } from '@/components/form/fields-of'
import { Message } from '@/components/form/message'
import { FormSection } from '@/components/ui/form-section'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import type { RetentionValues } from './retention-values'

const periods: ReadonlyArray<{ level: keyof GfsRules; label: string }> = [
  { level: 'hourly', label: 'Hours' },
  { level: 'daily', label: 'Days' },
  { level: 'weekly', label: 'Weeks' },
  { level: 'monthly', label: 'Months' },
  { level: 'yearly', label: 'Years' },
]

const Enter = fieldsOf<RetentionValues>()
const gib = 1024 ** 3

export function RetentionFields() {
  const own = useViewerTimeZone()
  const [byCalendar, timeZone] = useWatch<RetentionValues, ['byCalendar', 'rules.timeZone']>({
    name: ['byCalendar', 'rules.timeZone'],
  })
  const zones = [...new Set(['UTC', own, timeZone, ...Intl.supportedValuesOf('timeZone')])]
  return (
    <>
      <FormSection title="Policy" note="Schedules and destinations choose it by its name.">
        <Enter.Text name="name" label="Name" />
      </FormSection>
      <FormSection title="What is kept" note="Whatever at least one of these rules keeps. Only good backups count.">
        <Message name="rules" />
        <div className="grid gap-4 sm:grid-cols-2">
          <Enter.Number
            name="rules.keepDays"
            label="Keep days"
            hint="Counted back from the newest good backup"
            optional
          />
          <Enter.Number name="rules.keepLast" label="Keep newest" hint="A number of backups" optional />
        </div>
        <Enter.Check
          name="byCalendar"
          label="By the calendar"
          hint="The newest good backup of each hour, day, week, month or year"
        />
        {byCalendar && (
          <>
            <div className="grid grid-cols-2 gap-4 sm:grid-cols-5">
              {periods.map(({ level, label }) => (
                <Enter.Number key={level} name={`rules.gfs.${level}`} label={label} />
              ))}
            </div>
            <Message name="rules.gfs" />
            <Enter.Select
              name="rules.timeZone"
              label="Time zone"
              hint="In which days, weeks and months begin"
              choices={zones.map((zone) => ({ value: zone, label: zone }))}
            />
          </>
        )}
      </FormSection>
      <FormSection
        title="Limits"
        note="Pinned backups, the last good one, and what a kept backup needs are never deleted, whatever is set here."
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <Enter.Number name="rules.minimum" label="Never fewer than" hint="Good backups, in each destination" />
          <Enter.Number
            name="rules.maxTotalBytes"
            label="At most, in GiB"
            hint="In each destination; above it the oldest go"
            optional
            unit={gib}
          />
        </div>
      </FormSection>
    </>
  )
}
