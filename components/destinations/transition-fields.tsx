import { Plus, Trash2 } from 'lucide-react'
import { useFieldArray, useWatch } from 'react-hook-form'
import { fieldsOf } from '@/components/form/fields-of'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import type { StorageClass } from '@/lib/contracts/destinations/destination-contract'
import type { PlaceValues } from './place-values'

interface TransitionForm {
  options: Pick<PlaceValues, 'transitions'>
}
const Enter = fieldsOf<TransitionForm>()

/** Holdfast's lifecycle rule in the store moves objects to cheaper classes by age. */
export function TransitionFields({ storageClasses }: { storageClasses: readonly StorageClass[] }) {
  const { fields, append, remove } = useFieldArray<TransitionForm, 'options.transitions'>({
    name: 'options.transitions',
  })
  const typed = useWatch<TransitionForm, 'options.transitions'>({ name: 'options.transitions' })
  const archives = storageClasses.filter(({ archive }) => archive).map(({ name }) => name)
  return (
    <fieldset className="space-y-3">
      <legend className="mb-1 text-[0.8125rem] font-medium">Storage classes by age</legend>
      <p className="text-xs text-ink-3">
        Holdfast adds a lifecycle rule that moves objects to cheaper classes. Other rules are never touched.
      </p>
      {fields.map(({ id }, index) => (
        <div key={id} className="flex flex-wrap items-start gap-3">
          <Enter.Number name={`options.transitions.${index}.afterDays`} label="After days" className="w-28" />
          <Enter.Text
            name={`options.transitions.${index}.storageClass`}
            label="Move to the class"
            className="min-w-44 flex-1"
            list="storage-classes"
            spellCheck={false}
          />
          <Button
            variant="ghost"
            size="icon"
            className="mt-6"
            aria-label={`Remove the class ${typed[index]?.storageClass || index + 1}`}
            onClick={() => remove(index)}
          >
            <Trash2 aria-hidden />
          </Button>
        </div>
      ))}
      <datalist id="storage-classes">
        {storageClasses.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {typed.some((each) => archives.includes(each.storageClass.trim())) && (
        <Callout tone="warn" title="Backups in an archive class cannot be read at once">
          They must be brought back first, which takes the store hours. They are not read back regularly either.
        </Callout>
      )}
      <Button
        variant="secondary"
        size="sm"
        onClick={() => append({ afterDays: 30, storageClass: storageClasses[0]?.name ?? '' })}
      >
        <Plus aria-hidden /> Add a class
      </Button>
    </fieldset>
  )
}
