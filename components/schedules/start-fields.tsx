import { useFormContext, useWatch } from 'react-hook-form'
import { fieldsOf } from '@/components/form/fields-of'
import { Checkbox } from '@/components/ui/check'
import { weekdays } from '@/lib/client/schedule-preset'
import type { StartValues } from './start-values'

interface StartForm {
  options: StartValues
}
const Enter = fieldsOf<StartForm>()

/** Jitter, the window in which work may begin, and how failed runs are tried again. */
export function StartFields() {
  const [windowed, ownRetries] = useWatch<StartForm, ['options.windowed', 'options.ownRetries']>({
    name: ['options.windowed', 'options.ownRetries'],
  })
  return (
    <>
      <Enter.Number
        name="options.jitterSeconds"
        label="Spread over minutes"
        hint="Each run starts up to so much later, so that not everything starts at once. Empty: on time"
        unit={60}
      />
      <Enter.Switch
        name="options.windowed"
        label="Only in a window"
        hint="A run that is due outside it waits until the window opens. Work that has begun is not stopped at its end."
      />
      {windowed && (
        <div className="space-y-3 border-l-2 border-line pl-4">
          <div className="grid gap-4 sm:grid-cols-2">
            <Enter.Text name="options.window.from" label="Opens at" type="time" />
            <Enter.Text
              name="options.window.to"
              label="Closes at"
              hint="Earlier than it opens: on the next day"
              type="time"
            />
          </div>
          <WindowDays />
        </div>
      )}
      <Enter.Switch
        name="options.ownRetries"
        label="Own retries"
        hint="When off, failed runs are tried again as the source says."
      />
      {ownRetries && (
        <div className="grid gap-4 border-l-2 border-line pl-4 sm:grid-cols-3">
          <Enter.Number name="options.retries.attempts" label="Attempts" hint="The first included" />
          <Enter.Number name="options.retries.firstDelaySeconds" label="First wait in seconds" />
          <Enter.Number
            name="options.retries.factor"
            label="Each wait times"
            hint="2: twice as long each time"
            inputMode="decimal"
          />
        </div>
      )}
    </>
  )
}

function WindowDays() {
  const { setValue } = useFormContext<StartForm>()
  const days = useWatch<StartForm, 'options.window.days'>({ name: 'options.window.days' })
  return (
    <fieldset>
      <legend className="mb-1 text-[0.8125rem] font-medium">Days on which it opens</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1.5">
        {weekdays.map((day, index) => (
          <Checkbox
            key={day}
            label={day.slice(0, 3)}
            checked={days.length === 0 || days.includes(index)}
            onChange={(on) => setValue('options.window.days', toggled(days, index, on))}
          />
        ))}
      </div>
    </fieldset>
  )
}

/** None named means every day, so that taking one away leaves the other six, and no day at all is not possible. */
function toggled(days: readonly number[], day: number, on: boolean): number[] {
  const every = [0, 1, 2, 3, 4, 5, 6]
  const chosen = days.length === 0 ? every : days
  const after = every.filter((each) => (each === day ? on : chosen.includes(each)))
  return after.length === 7 ? [] : after.length === 0 ? [day] : after
}
