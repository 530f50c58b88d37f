'use client'

import { useQuery } from '@tanstack/react-query'
import { useWatch } from 'react-hook-form'
import { alertEvents } from '@/lib/contracts/alerting/alert'
import { fieldsOf } from '@/components/form/fields-of'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { alertWords } from '@/lib/client/words/words'
import type { RoutingValues } from './routing-values'

interface RoutingForm {
  routing: RoutingValues
}
const Enter = fieldsOf<RoutingForm>()

const severities = [
  { value: 'warning', label: 'Warnings and critical alerts' },
  { value: 'critical', label: 'Critical alerts only' },
]
const events = alertEvents.map((event) => ({ value: event, label: alertWords[event] }))
const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].map((label, index) => ({ value: index + 1, label }))

/** Which alerts the channel gets, and when. */
export function RoutingFields() {
  const sources = useQuery(sourcesQuery())
  const [everyEvent, everySource, quiet] = useWatch<
    RoutingForm,
    ['routing.everyEvent', 'routing.everySource', 'routing.quiet']
  >({ name: ['routing.everyEvent', 'routing.everySource', 'routing.quiet'] })
  return (
    <fieldset className="space-y-4 border-t border-line pt-4">
      <legend className="sr-only">What is sent there</legend>
      <div className="grid gap-4 sm:grid-cols-2">
        <Enter.Select name="routing.minSeverity" label="Severity" choices={severities} />
        <Enter.Number name="routing.remindHours" label="Remind after hours" optional hint="Empty: no reminders" />
      </div>
      <Enter.Check name="routing.recovery" label="Notify when it is over" />
      <div>
        <Enter.Check name="routing.everyEvent" label="All events" hint="Those that later releases bring as well" />
        {!everyEvent && (
          <Enter.Checks name="routing.events" choices={events} className="mt-3 grid gap-2 pl-6 sm:grid-cols-2" />
        )}
      </div>
      <div>
        <Enter.Check name="routing.everySource" label="About every source" />
        {!everySource && (
          <div className="mt-3 space-y-3 pl-6">
            <Enter.Words name="routing.tags" label="With one of these tags" optional hint="Words with commas between" />
            <Enter.Checks
              name="routing.sourceIds"
              choices={sources.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
              className="grid gap-2 sm:grid-cols-2"
            />
          </div>
        )}
      </div>
      <Enter.Check
        name="routing.instance"
        label="About Holdfast itself"
        hint="Destinations, workers, keys, other channels"
      />
      <div>
        <Enter.Check
          name="routing.quiet"
          label="Quiet hours"
          hint="Warnings wait until they end; what is over by then is not sent"
        />
        {quiet && (
          <div className="mt-3 space-y-3 pl-6">
            <div className="grid gap-4 sm:grid-cols-[9rem_9rem_1fr]">
              <Enter.Text name="routing.quietHours.from" label="From" type="time" />
              <Enter.Text name="routing.quietHours.to" label="To" type="time" />
              <Enter.Text name="routing.quietHours.timeZone" label="Time zone" placeholder="Europe/Athens" />
            </div>
            <div role="group" aria-label="Days on which they begin">
              <Enter.Checks
                name="routing.quietHours.weekdays"
                choices={days}
                className="flex flex-wrap gap-x-4 gap-y-2"
              />
            </div>
            <Enter.Check name="routing.quietHours.alsoCritical" label="Critical alerts wait as well" />
          </div>
        )}
      </div>
    </fieldset>
  )
}
