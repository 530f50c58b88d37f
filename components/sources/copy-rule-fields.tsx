import { useWatch } from 'react-hook-form'
import { fieldsOf } from '@/components/form/fields-of'
import { FormSection } from '@/components/ui/form-section'
import type { SourceValues } from './source-values'

const Enter = fieldsOf<SourceValues>()

/** How many copies each backup should have. Health and alerts turn on it. */
export function CopyRuleFields() {
  const copies = useWatch<SourceValues, 'options.copyRule.copies'>({ name: 'options.copyRule.copies' })
  return (
    <FormSection
      title="Copies"
      note="What the newest backup should have. The source counts as healthy only while it does."
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Enter.Number
          name="options.copyRule.copies"
          label="At least so many copies"
          hint="Empty: nothing is asked"
          optional
        />
        {copies !== null && (
          <Enter.Number
            name="options.copyRule.otherSites"
            label="Left when a site is lost"
            hint="Copies in another site than the others; destinations say which site they are in"
            optional
          />
        )}
      </div>
    </FormSection>
  )
}
