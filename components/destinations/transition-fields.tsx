import { Plus, Trash2 } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { TextField } from '@/components/ui/text-field'
import { isArchived } from '@/lib/core/storage-care/storage-class'
import type { FieldErrors } from '@/lib/client/form-errors'
import type { DestinationValues } from './destination-values'

interface TransitionFieldsProps {
  values: Pick<DestinationValues, 'transitions'>
  errors: FieldErrors
  onChange: (changes: Partial<DestinationValues>) => void
}

const classes = ['STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE']

/** Objects move to cheaper classes by age, by a lifecycle rule of ours in the bucket. */
export function TransitionFields({ values, errors, onChange }: TransitionFieldsProps) {
  const { transitions } = values
  const change = (index: number, changes: Partial<DestinationValues['transitions'][number]>) =>
    onChange({ transitions: transitions.map((each, at) => (at === index ? { ...each, ...changes } : each)) })
  return (
    <fieldset className="space-y-3">
      <legend className="mb-1 text-[0.8125rem] font-medium">Storage classes by age</legend>
      <p className="text-xs text-ink-3">
        A lifecycle rule of ours moves objects to cheaper classes. Rules that are not ours are never touched.
      </p>
      {transitions.map((transition, index) => (
        <div key={index} className="flex flex-wrap items-start gap-3">
          <TextField
            label="After days"
            className="w-28"
            error={errors[`options.transitions.${index}.afterDays`]}
            inputMode="numeric"
            value={transition.afterDays}
            onChange={(typed) => change(index, { afterDays: typed })}
          />
          <TextField
            label="Move to the class"
            className="min-w-44 flex-1"
            error={errors[`options.transitions.${index}.storageClass`]}
            list="storage-classes"
            spellCheck={false}
            value={transition.storageClass}
            onChange={(typed) => change(index, { storageClass: typed })}
          />
          <Button
            variant="ghost"
            size="icon"
            className="mt-6"
            aria-label={`Remove the class ${transition.storageClass || index + 1}`}
            onClick={() => onChange({ transitions: transitions.filter((_, at) => at !== index) })}
          >
            <Trash2 aria-hidden />
          </Button>
        </div>
      ))}
      <datalist id="storage-classes">
        {classes.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {transitions.some(({ storageClass }) => isArchived(storageClass.trim())) && (
        <Callout tone="warn" title="Backups in an archive class cannot be read at once">
          They must be brought back first, which takes the store hours. They are not read back regularly either.
        </Callout>
      )}
      <Button
        variant="secondary"
        size="sm"
        onClick={() => onChange({ transitions: [...transitions, { afterDays: '30', storageClass: 'STANDARD_IA' }] })}
      >
        <Plus aria-hidden /> Add a class
      </Button>
    </fieldset>
  )
}
