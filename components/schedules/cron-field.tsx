'use client'

import { useEffect, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { cronWords } from '@/lib/client/cron-words'
import { schedulePreviewQuery } from '@/lib/client/queries/schedules'
import { useViewerTimeZone } from '@/lib/client/use-viewer-time-zone'
import { RunList } from './next-runs'

const presets = [
  { label: 'Hourly', cron: '0 * * * *' },
  { label: 'Daily', cron: '0 2 * * *' },
  { label: 'Weekly', cron: '0 3 * * 0' },
  { label: 'Monthly', cron: '0 4 1 * *' },
] as const

interface CronFieldProps {
  cron: string
  timeZone: string
  errors: { cron?: string | undefined; timeZone?: string | undefined }
  onChange: (changes: { cron?: string; timeZone?: string }) => void
}

/** An expression, what it means, and when it would run next: as the server, not as the browser, understands it. */
export function CronField({ cron, timeZone, errors, onChange }: CronFieldProps) {
  const settled = useSettled(cron)
  const preview = useQuery(schedulePreviewQuery(settled, timeZone))
  const own = useViewerTimeZone()
  const zones = [...new Set(['UTC', own, timeZone, ...Intl.supportedValuesOf('timeZone')])]
  return (
    <>
      <div className="flex flex-wrap gap-2" role="group" aria-label="Presets">
        {presets.map((preset) => (
          <Button
            key={preset.cron}
            variant="secondary"
            size="sm"
            aria-pressed={cron === preset.cron}
            className="aria-pressed:border-accent aria-pressed:bg-accent-soft"
            onClick={() => onChange({ cron: preset.cron })}
          >
            {preset.label}
          </Button>
        ))}
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Cron expression"
          hint="Minute, hour, day of the month, month, day of the week"
          error={errors.cron ?? (preview.error && settled === cron ? preview.error.message : undefined)}
        >
          {(control) => (
            <Input
              {...control}
              className="font-mono"
              value={cron}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => onChange({ cron: event.target.value })}
            />
          )}
        </Field>
        <Field label="Time zone" hint="Runs follow its daylight saving" error={errors.timeZone}>
          {(control) => (
            <Select {...control} value={timeZone} onChange={(event) => onChange({ timeZone: event.target.value })}>
              {zones.map((zone) => (
                <option key={zone}>{zone}</option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <div aria-live="polite" data-preview={preview.isSuccess && !preview.error ? 'ready' : 'none'}>
        {preview.data && !preview.error && (
          <div className="rounded-md bg-muted px-3 py-2.5">
            <p className="font-medium">{cronWords(settled) ?? 'Next runs'}</p>
            <RunList runs={preview.data.nextRuns} timeZone={timeZone} />
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
