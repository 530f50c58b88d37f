import { fieldsOf } from '@/components/form/fields-of'
import { FormSection } from '@/components/ui/form-section'
import type { LocalValues } from './values'

const Enter = fieldsOf<{ config: LocalValues }>()

export function LocalFields() {
  return (
    <FormSection title="Place" note="On the worker’s machine.">
      <Enter.Text
        name="config.path"
        label="Folder"
        hint="Put it on another disk than the databases."
        inputClassName="font-mono"
        spellCheck={false}
        placeholder="/var/backups/holdfast"
      />
    </FormSection>
  )
}
