'use client'

import { useEffect, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/input'
import { cronWords } from '@/lib/client/words/cron-words'
import { schedulePreviewQuery } from '@/lib/client/queries/schedules'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { ClockChangeNote, PlannedRuns } from './next-runs'
import { PresetField } from './preset-field'
import type { StartOptions } from './start-values'

interface CronFieldProps {
  cron: string
  timeZone: string
  /** The window decides which runs wait. */
  window: StartOptions['window']
  errors: { cron?: string | undefined; timeZone?: string | undefined }
  onChange: (changes: { cron?: string; timeZone?: string }) => void
}

/** When it runs, what that means, and the next runs: as the server, not as the browser, understands it. */
export function CronField({ cron, timeZone, window, errors, onChange }: CronFieldProps) {
  const settled = useSettled(cron)
  const preview = useQuery(schedulePreviewQuery(settled, timeZone, window))
  const own = useViewerTimeZone()
  const zones = [...new Set(['UTC', own, timeZone, ...Intl.supportedValuesOf('timeZone')])]
  return (
    <>
      <PresetField
        cron={cron}
        error={errors.cron ?? (preview.error && settled === cron ? preview.error.message : undefined)}
        onChange={(changed) => onChange({ cron: changed })}
      />
      <Field label="Time zone" hint="Runs follow its daylight saving" error={errors.timeZone}>
        {(control) => (
          <Select {...control} value={timeZone} onChange={(event) => onChange({ timeZone: event.target.value })}>
            {zones.map((zone) => (
              <option key={zone}>{zone}</option>
            ))}
          </Select>
        )}
      </Field>
      <div aria-live="polite" data-preview={preview.isSuccess && !preview.error ? 'ready' : 'none'}>
        {preview.data && !preview.error && (
          <div className="rounded-md bg-muted px-3 py-2.5">
            <p className="font-medium">{cronWords(settled) ?? 'Next runs'}</p>
            <PlannedRuns runs={preview.data.runs} timeZone={timeZone} />
            <ClockChangeNote change={preview.data.clockChange} timeZone={timeZone} />
          </div>
        )}
      </div>
    </>
  )
}

/** The value once it has stood still for a moment: not every keystroke is a question. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), 250)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
