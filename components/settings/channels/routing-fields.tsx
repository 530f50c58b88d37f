'use client'

import { useQuery } from '@tanstack/react-query'
import { alertEvents } from '@/lib/contracts/alerting/alert'
import { Checkbox } from '@/components/ui/check'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/input'
import { TextField } from '@/components/ui/text-field'
import type { FieldErrors } from '@/lib/client/form-errors'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { alertWords } from '@/lib/client/words/words'
import type { RoutingValues } from './routing-values'

interface RoutingFieldsProps {
  values: RoutingValues
  errors: FieldErrors
  onChange: (values: RoutingValues) => void
}

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const

const toggled = <T,>(list: readonly T[], item: T, on: boolean): T[] =>
  on ? [...list, item] : list.filter((each) => each !== item)

/** What the channel is told, and when. */
export function RoutingFields({ values, errors, onChange }: RoutingFieldsProps) {
  const sources = useQuery(sourcesQuery())
  const change = (changes: Partial<RoutingValues>) => onChange({ ...values, ...changes })
  const error = (name: string) => errors[`routing.${name}`]
  return (
    <fieldset className="space-y-4 border-t border-line pt-4">
      <legend className="sr-only">What is sent there</legend>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Severity">
          {(control) => (
            <Select
              {...control}
              value={values.minSeverity}
              onChange={(event) => change({ minSeverity: event.target.value === 'critical' ? 'critical' : 'warning' })}
            >
              <option value="warning">Warnings and critical alerts</option>
              <option value="critical">Critical alerts only</option>
            </Select>
          )}
        </Field>
        <TextField
          label="Remind after hours"
          optional
          hint="Empty: no reminders"
          error={error('remindHours')}
          inputMode="numeric"
          value={values.remindHours}
          onChange={(typed) => change({ remindHours: typed })}
        />
      </div>
      <Checkbox label="Tell when it is over" checked={values.recovery} onChange={(recovery) => change({ recovery })} />
      <div>
        <Checkbox
          label="All events"
          hint="Those that later releases bring as well"
          checked={values.everyEvent}
          onChange={(everyEvent) => change({ everyEvent })}
        />
        {!values.everyEvent && (
          <div className="mt-3 grid gap-2 pl-6 sm:grid-cols-2">
            {alertEvents.map((event) => (
              <Checkbox
                key={event}
                label={alertWords[event]}
                checked={values.events.includes(event)}
                onChange={(on) => change({ events: toggled(values.events, event, on) })}
              />
            ))}
          </div>
        )}
        {error('events') && <p className="mt-1 text-[0.8125rem] text-bad">{error('events')}</p>}
      </div>
      <div>
        <Checkbox
          label="About every source"
          checked={values.everySource}
          onChange={(everySource) => change({ everySource })}
        />
        {!values.everySource && (
          <div className="mt-3 space-y-3 pl-6">
            <TextField
              label="With one of these tags"
              optional
              hint="Words with commas between"
              error={error('tags')}
              value={values.tags}
              onChange={(typed) => change({ tags: typed })}
            />
            <div className="grid gap-2 sm:grid-cols-2">
              {sources.data?.items.map((source) => (
                <Checkbox
                  key={source.id}
                  label={source.name}
                  checked={values.sourceIds.includes(source.id)}
                  onChange={(on) => change({ sourceIds: toggled(values.sourceIds, source.id, on) })}
                />
              ))}
            </div>
          </div>
        )}
      </div>
      <Checkbox
        label="About Holdfast itself"
        hint="Destinations, workers, keys, other channels"
        checked={values.instance}
        onChange={(instance) => change({ instance })}
      />
      <div>
        <Checkbox
          label="Quiet hours"
          hint="Warnings wait until they end; what is over by then is not told"
          checked={values.quiet}
          onChange={(quiet) => change({ quiet })}
        />
        {values.quiet && (
          <div className="mt-3 space-y-3 pl-6">
            <div className="grid gap-4 sm:grid-cols-[9rem_9rem_1fr]">
              <TextField
                label="From"
                error={error('quietHours.from')}
                type="time"
                value={values.quietFrom}
                onChange={(typed) => change({ quietFrom: typed })}
              />
              <TextField
                label="To"
                error={error('quietHours.to')}
                type="time"
                value={values.quietTo}
                onChange={(typed) => change({ quietTo: typed })}
              />
              <TextField
                label="Time zone"
                error={error('quietHours.timeZone')}
                placeholder="Europe/Athens"
                value={values.timeZone}
                onChange={(typed) => change({ timeZone: typed })}
              />
            </div>
            <div role="group" aria-label="Days on which they begin" className="flex flex-wrap gap-x-4 gap-y-2">
              {days.map((day, index) => (
                <Checkbox
                  key={day}
                  label={day}
                  checked={values.weekdays.includes(index + 1)}
                  onChange={(on) => change({ weekdays: toggled(values.weekdays, index + 1, on) })}
                />
              ))}
            </div>
            {error('quietHours.weekdays') && (
              <p className="text-[0.8125rem] text-bad">{error('quietHours.weekdays')}</p>
            )}
            <Checkbox
              label="Critical alerts wait as well"
              checked={values.alsoCritical}
              onChange={(alsoCritical) => change({ alsoCritical })}
            />
          </div>
        )}
      </div>
    </fieldset>
  )
}
