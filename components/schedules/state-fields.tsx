'use client'

import type { Schedule } from '@/lib/contracts/schedule'
import { Switch } from '@/components/ui/check'
import { FormSection } from '@/components/ui/form-section'
import { TextField } from '@/components/ui/text-field'
import type { FieldErrors } from '@/lib/client/form-errors'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { pauseWords } from './pause-words'

/** On, or off until a time of the viewer's own clock; empty: until someone switches it on. */
export interface PauseValues {
  enabled: boolean
  until: string
}

export function pauseValues(schedule: Schedule | undefined): PauseValues {
  const until = schedule?.pause?.until
  return { enabled: schedule?.enabled ?? true, until: until ? localInput(new Date(until)) : '' }
}

/** What to send beside `enabled`. */
export function pauseBody({ enabled, until }: PauseValues): { pausedUntil?: string | null } {
  return enabled ? {} : { pausedUntil: until ? new Date(until).toISOString() : null }
}

/** As a field of date and time has it: the viewer's clock, without a zone. */
function localInput(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

interface StateFieldsProps {
  values: PauseValues
  stored: Schedule | undefined
  errors: FieldErrors
  onChange: (values: PauseValues) => void
}

export function StateFields({ values, stored, errors, onChange }: StateFieldsProps) {
  const zone = useViewerTimeZone()
  return (
    <FormSection title="State">
      <Switch
        label="On"
        hint={stored?.pause ? pauseWords(stored.pause, zone) : 'When off, nothing starts by itself.'}
        checked={values.enabled}
        onChange={(enabled) => onChange({ ...values, enabled })}
      />
      {!values.enabled && stored && (
        <TextField
          label="Switch on again at"
          hint="By your clock. Empty: it stays off until someone switches it on"
          optional={values.until === ''}
          error={errors.pausedUntil}
          type="datetime-local"
          value={values.until}
          onChange={(typed) => onChange({ ...values, until: typed })}
        />
      )}
    </FormSection>
  )
}
