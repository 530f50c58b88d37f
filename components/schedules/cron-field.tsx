'use client'

import { useQuery } from '@tanstack/react-query'
import { useWatch } from 'react-hook-form'
import { fieldsOf } from '@/components/form/fields-of'
import { useField } from '@/components/form/use-field'
import { useDebounced } from '@/lib/client/hooks/use-debounced'
import { cronWords } from '@/lib/client/words/cron-words'
import { schedulePreviewQuery } from '@/lib/client/queries/schedules'
import { useViewerTimeZone } from '@/lib/client/hooks/use-viewer-time-zone'
import { ClockChangeNote, PlannedRuns } from './next-runs'
import { PresetField } from './preset-field'
import { windowOf } from './start-values'
import type { TimingValues } from './timing-values'

const Enter = fieldsOf<TimingValues>()

/** When it runs, what that means, and the next runs: as the server, not as the browser, understands it. */
export function CronField() {
  const cronField = useField<string>('cron')
  const cron = cronField.value
  const [timeZone, windowed, window] = useWatch<TimingValues, ['timeZone', 'options.windowed', 'options.window']>({
    name: ['timeZone', 'options.windowed', 'options.window'],
  })
  const debounced = useDebounced(cron, 250)
  const preview = useQuery(schedulePreviewQuery(debounced, timeZone, windowOf({ windowed, window })))
  const own = useViewerTimeZone()
  const zones = [...new Set(['UTC', own, timeZone, ...Intl.supportedValuesOf('timeZone')])]
  return (
    <>
      <PresetField
        cron={cron}
        error={cronField.error ?? (preview.error && debounced === cron ? preview.error.message : undefined)}
        onChange={cronField.change}
      />
      <Enter.Select
        name="timeZone"
        label="Time zone"
        hint="Runs follow its daylight saving"
        choices={zones.map((zone) => ({ value: zone, label: zone }))}
      />
      <div aria-live="polite" data-preview={preview.isSuccess && !preview.error ? 'ready' : 'none'}>
        {preview.data && !preview.error && (
          <div className="rounded-md bg-muted px-3 py-2.5">
            <p className="font-medium">{cronWords(debounced) ?? 'Next runs'}</p>
            <PlannedRuns runs={preview.data.runs} timeZone={timeZone} />
            <ClockChangeNote change={preview.data.clockChange} timeZone={timeZone} />
          </div>
        )}
      </div>
    </>
  )
}
