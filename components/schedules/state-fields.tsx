'use client'

import { useWatch } from 'react-hook-form'
import type { Schedule } from '@/lib/contracts/schedule'
import { fieldsOf } from '@/components/form/fields-of'
import { FormSection } from '@/components/ui/form-section'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { pauseWords } from './pause-words'

/** On, or off until a time of the viewer's own clock; empty: until someone switches it on. */
export interface PauseValues {
  enabled: boolean
  pausedUntil: string
}

export function pauseValues(schedule: Schedule | undefined): PauseValues {
  const until = schedule?.pause?.until
  return { enabled: schedule?.enabled ?? true, pausedUntil: until ? localInput(new Date(until)) : '' }
}

/** What to send beside `enabled`. */
export function pauseBody({ enabled, pausedUntil: until }: PauseValues): { pausedUntil?: string | null } {
  return enabled ? {} : { pausedUntil: until ? new Date(until).toISOString() : null }
}

/** As a field of date and time has it: the viewer's clock, without a zone. */
function localInput(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

const Enter = fieldsOf<PauseValues>()

export function StateFields({ stored }: { stored: Schedule | undefined }) {
  const zone = useViewerTimeZone()
  const [enabled, until] = useWatch<PauseValues, ['enabled', 'pausedUntil']>({ name: ['enabled', 'pausedUntil'] })
  return (
    <FormSection title="State">
      <Enter.Switch
        name="enabled"
        label="On"
        hint={stored?.pause ? pauseWords(stored.pause, zone) : 'When off, nothing starts by itself.'}
      />
      {!enabled && stored && (
        <Enter.Text
          name="pausedUntil"
          label="Switch on again at"
          hint="By your clock. Empty: it stays off until someone switches it on"
          optional={until === ''}
          type="datetime-local"
        />
      )}
    </FormSection>
  )
}
