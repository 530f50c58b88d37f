import { FormSection } from '@/components/ui/form-section'
import { TextField } from '@/components/ui/text-field'
import type { FieldErrors } from '@/lib/client/form-errors'
import type { CopyRuleValues } from './copy-rule-values'

interface CopyRuleFieldsProps {
  values: CopyRuleValues
  errors: FieldErrors
  onChange: (changes: Partial<CopyRuleValues>) => void
}

/** How many copies each backup should have. Health and alerts turn on it. */
export function CopyRuleFields({ values, errors, onChange }: CopyRuleFieldsProps) {
  const input = (name: keyof CopyRuleValues, field: string, label: string, hint: string) => (
    <TextField
      label={label}
      hint={hint}
      optional
      error={errors[`options.copyRule.${field}`]}
      inputMode="numeric"
      value={values[name]}
      onChange={(typed) => onChange({ [name]: typed })}
    />
  )
  return (
    <FormSection
      title="Copies"
      note="What the newest backup should have. The source counts as healthy only while it does."
    >
      <div className="grid gap-4 sm:grid-cols-2">
        {input('ruleCopies', 'copies', 'At least so many copies', 'Empty: nothing is asked')}
        {values.ruleCopies.trim() !== '' &&
          input(
            'ruleOtherSites',
            'otherSites',
            'Left when a site is lost',
            'Copies in another site than the others; destinations say which site they are in',
          )}
      </div>
    </FormSection>
  )
}
