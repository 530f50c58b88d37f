import { Switch } from '@/components/ui/check'
import { Callout } from '@/components/ui/callout'
import { Field } from '@/components/ui/field'
import { FormSection } from '@/components/ui/form-section'
import { Select } from '@/components/ui/input'
import { TextField } from '@/components/ui/text-field'
import type { FieldErrors } from '@/lib/client/form-errors'
import { CompressionFields } from './compression-fields'
import type { SourceValues } from './source-values'

interface OptionFieldsProps {
  values: SourceValues
  errors: FieldErrors
  onChange: (changes: Partial<SourceValues>) => void
  /** Of a stored source. */
  sourceId?: string | undefined
}

export function OptionFields({ values, errors, onChange, sourceId }: OptionFieldsProps) {
  const numeric = (name: keyof SourceValues, field: string, label: string, hint: string, optional = false) => (
    <TextField
      label={label}
      hint={hint}
      optional={optional}
      error={errors[field]}
      inputMode="decimal"
      value={String(values[name])}
      onChange={(typed) => onChange({ [name]: typed })}
    />
  )
  return (
    <>
      <FormSection title="Objectives" note="What is promised. The overview compares it with what is measured.">
        <div className="grid gap-4 sm:grid-cols-2">
          {numeric(
            'rpoHours',
            'options.rpoObjectiveMs',
            'Largest data loss, in hours',
            'Recovery point objective',
            true,
          )}
          {numeric(
            'rtoMinutes',
            'options.rtoObjectiveMs',
            'Longest restore, in minutes',
            'Recovery time objective; restore tests are timed against it',
            true,
          )}
        </div>
      </FormSection>
      <FormSection title="How it is backed up" note="The defaults are safe for production.">
        <CompressionFields values={values} errors={errors} onChange={onChange} sourceId={sourceId} />
        <div className="grid gap-4 sm:grid-cols-3">
          <Field label="Encryption">
            {(control) => (
              <Select
                {...control}
                value={values.encryption}
                onChange={(event) => onChange({ encryption: event.target.value === 'none' ? 'none' : 'age' })}
              >
                <option value="age">age</option>
                <option value="none">none</option>
              </Select>
            )}
          </Field>
        </div>
        {values.encryption === 'none' && (
          <Callout tone="warn" title="Whoever can read the destination can read the data">
            Leave encryption on unless the destination encrypts by itself and its readers are trusted.
          </Callout>
        )}
        <Switch
          label="Lowest priority"
          hint="The tools on the worker take CPU and disk only when nothing else wants them."
          checked={values.lowPriority}
          onChange={(lowPriority) => onChange({ lowPriority })}
        />
        <details className="rounded-md border border-line px-3 py-2">
          <summary className="font-medium">Limits and attempts</summary>
          <div className="grid gap-4 pt-3 pb-2 sm:grid-cols-2">
            {numeric(
              'lockTimeoutSeconds',
              'options.lockTimeoutMs',
              'Lock wait, in seconds',
              'The dump gives up instead of holding up production',
            )}
            {numeric(
              'stallMinutes',
              'options.stallTimeoutMs',
              'Dead connection after, in minutes',
              'Nothing moves and the server waits, too. Empty: ten minutes',
              true,
            )}
            {numeric(
              'rateLimitMiB',
              'options.rateLimitBytesPerSecond',
              'Upload limit, in MiB/s',
              'Empty: no limit',
              true,
            )}
            {numeric(
              'slowAfterMinutes',
              'options.slowAfterMs',
              'Alert when longer than, in minutes',
              'The backup itself goes on',
            )}
            {numeric(
              'maxAttempts',
              'options.maxAttempts',
              'Attempts',
              'Only for what may pass by itself, such as a network error',
            )}
          </div>
        </details>
      </FormSection>
    </>
  )
}
