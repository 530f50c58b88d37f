import { Checkbox, Switch } from '@/components/ui/check'
import { TextField } from '@/components/ui/text-field'
import type { FieldErrors } from '@/lib/client/form-errors'
import { weekdays } from '@/lib/client/schedule-preset'
import type { StartValues } from './start-values'

interface StartFieldsProps {
  values: StartValues
  errors: FieldErrors
  onChange: (changes: Partial<StartValues>) => void
}

type TextName = 'jitterMinutes' | 'from' | 'to' | 'attempts' | 'firstDelaySeconds' | 'factor'

/** Jitter, the window in which work may begin, and how failed runs are tried again. */
export function StartFields({ values, errors, onChange }: StartFieldsProps) {
  const text = (name: TextName, path: string, label: string, hint?: string, type = 'text') => (
    <TextField
      label={label}
      hint={hint}
      error={errors[path]}
      type={type}
      inputMode={type === 'text' ? 'decimal' : undefined}
      value={values[name]}
      onChange={(typed) => onChange({ [name]: typed })}
    />
  )
  return (
    <>
      {text(
        'jitterMinutes',
        'options.jitterSeconds',
        'Spread over minutes',
        'Each run starts up to so much later, so that not everything starts at once. Empty: on time',
      )}
      <Switch
        label="Only in a window"
        hint="A run that is due outside it waits until the window opens. Work that has begun is not stopped at its end."
        checked={values.windowed}
        onChange={(windowed) => onChange({ windowed })}
      />
      {values.windowed && (
        <div className="space-y-3 border-l-2 border-line pl-4">
          <div className="grid gap-4 sm:grid-cols-2">
            {text('from', 'options.window.from', 'Opens at', undefined, 'time')}
            {text('to', 'options.window.to', 'Closes at', 'Earlier than it opens: on the next day', 'time')}
          </div>
          <fieldset>
            <legend className="mb-1 text-[0.8125rem] font-medium">Days on which it opens</legend>
            <div className="flex flex-wrap gap-x-4 gap-y-1.5">
              {weekdays.map((day, index) => (
                <Checkbox
                  key={day}
                  label={day.slice(0, 3)}
                  checked={values.days.length === 0 || values.days.includes(index)}
                  onChange={(on) => onChange({ days: toggled(values.days, index, on) })}
                />
              ))}
            </div>
          </fieldset>
        </div>
      )}
      <Switch
        label="Own retries"
        hint="When off, failed runs are tried again as the source says."
        checked={values.ownRetries}
        onChange={(ownRetries) => onChange({ ownRetries })}
      />
      {values.ownRetries && (
        <div className="grid gap-4 border-l-2 border-line pl-4 sm:grid-cols-3">
          {text('attempts', 'options.retries.attempts', 'Attempts', 'The first included')}
          {text('firstDelaySeconds', 'options.retries.firstDelaySeconds', 'First wait in seconds')}
          {text('factor', 'options.retries.factor', 'Each wait times', '2: twice as long each time')}
        </div>
      )}
    </>
  )
}

/** None named means every day, so that taking one away leaves the other six, and no day at all is not possible. */
function toggled(days: readonly number[], day: number, on: boolean): number[] {
  const every = [0, 1, 2, 3, 4, 5, 6]
  const chosen = days.length === 0 ? every : days
  const after = every.filter((each) => (each === day ? on : chosen.includes(each)))
  return after.length === 7 ? [] : after.length === 0 ? [day] : after
}
