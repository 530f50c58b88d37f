import { fieldsOf } from '@/components/form/fields-of'
import type { StorageClass } from '@/lib/contracts/destinations/destination-contract'
import { FormSection } from '@/components/ui/form-section'
import type { PlaceValues } from './place-values'
import { TransitionFields } from './transition-fields'

const Enter = fieldsOf<{ options: PlaceValues }>()
const gigabyte = 1_000_000_000

interface PlaceFieldsProps {
  /** That objects can be moved to; none: there is nothing to say about it. */
  storageClasses: readonly StorageClass[]
}

/** Where it stands, what it may hold and cost, whether backups wait for it, and where objects move when they grow old. */
export function PlaceFields({ storageClasses }: PlaceFieldsProps) {
  return (
    <FormSection title="Place and limits">
      <div className="grid gap-4 sm:grid-cols-3">
        <Enter.Text
          name="options.site"
          label="Site"
          hint="Building or region. Copies in two sites survive the loss of one"
          optional
          placeholder="eu-west-1"
        />
        <Enter.Number
          name="options.capacityBytes"
          label="Capacity, in GB"
          hint="An alert is raised when it is nearly full"
          optional
          unit={gigabyte}
        />
        <Enter.Number
          name="options.monthlyBudget"
          label="Budget a month"
          hint="An alert is raised when more is stored than this pays for"
          optional
          inputMode="decimal"
        />
      </div>
      <Enter.Check
        name="options.alwaysWait"
        label="Always wait for it"
        hint="Backups wait for this destination however slow it is. Otherwise one that holds the others back is left out and gets its copy afterwards"
      />
      {storageClasses.length > 0 && <TransitionFields storageClasses={storageClasses} />}
    </FormSection>
  )
}
