import { Checkbox } from '@/components/ui/check'
import { FormSection } from '@/components/ui/form-section'
import { TextField } from '@/components/ui/text-field'
import type { FieldErrors } from '@/lib/client/form-errors'
import type { DestinationValues } from './destination-values'
import { TransitionFields } from './transition-fields'

interface PlaceFieldsProps {
  values: DestinationValues
  errors: FieldErrors
  onChange: (changes: Partial<DestinationValues>) => void
}

/** Where it stands, what it may hold and cost, whether backups wait for it, and where objects move when they grow old. */
export function PlaceFields({ values, errors, onChange }: PlaceFieldsProps) {
  const input = (
    name: 'site' | 'capacityGb' | 'monthlyBudget',
    field: string,
    label: string,
    extra: { hint: string; placeholder?: string },
  ) => (
    <TextField
      label={label}
      hint={extra.hint}
      optional
      error={errors[`options.${field}`]}
      inputMode={name === 'site' ? 'text' : 'decimal'}
      placeholder={extra.placeholder}
      value={values[name]}
      onChange={(typed) => onChange({ [name]: typed })}
    />
  )
  return (
    <FormSection title="Place and limits">
      <div className="grid gap-4 sm:grid-cols-3">
        {input('site', 'site', 'Site', {
          hint: 'Building or region. Copies in two sites survive the loss of one',
          placeholder: 'eu-west-1',
        })}
        {input('capacityGb', 'capacityBytes', 'Capacity, in GB', {
          hint: 'An alert is raised when it is nearly full',
        })}
        {input('monthlyBudget', 'monthlyBudget', 'Budget a month', {
          hint: 'An alert is raised when more is stored than this pays for',
        })}
      </div>
      <Checkbox
        label="Always wait for it"
        hint="Backups wait for this destination however slow it is. Otherwise one that holds the others back is left out and gets its copy afterwards"
        checked={values.alwaysWait}
        onChange={(alwaysWait) => onChange({ alwaysWait })}
      />
      {values.kind === 's3' && <TransitionFields values={values} errors={errors} onChange={onChange} />}
    </FormSection>
  )
}
