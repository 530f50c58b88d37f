import { Plus, Trash2 } from 'lucide-react'
import { useFieldArray } from 'react-hook-form'
import { fieldsOf } from '@/components/form/fields-of'
import { Button } from '@/components/ui/button'
import type { SqlAssertion } from '@/lib/contracts/engines/common'

interface AssertionsForm {
  options: { assertions: SqlAssertion[]; criticalTables: string[] }
}
const Enter = fieldsOf<AssertionsForm>()

/** How the engine names tables. */
interface AssertionFieldsProps {
  tablesHint: string
  tablesPlaceholder: string
  selectHint: string
  selectPlaceholder: string
}

/** What restore tests of a database ask beyond what the backup itself tells: the administrator's own knowledge of the data. */
export function AssertionFields({
  tablesHint,
  tablesPlaceholder,
  selectHint,
  selectPlaceholder,
}: AssertionFieldsProps) {
  const { fields, append, remove } = useFieldArray<AssertionsForm, 'options.assertions'>({ name: 'options.assertions' })
  return (
    <>
      <Enter.Lines
        name="options.criticalTables"
        label="Tables that must not be empty"
        hint={tablesHint}
        optional
        spellCheck={false}
        inputClassName="font-mono text-xs"
        placeholder={tablesPlaceholder}
      />
      {fields.map(({ id }, index) => (
        <fieldset key={id} className="space-y-3 rounded-md border border-line p-3">
          <legend className="px-1 text-[0.8125rem] font-medium">Assertion {index + 1}</legend>
          <div className="grid gap-3 sm:grid-cols-2">
            <Enter.Text
              name={`options.assertions.${index}.name`}
              label="Name"
              placeholder="Every order has a customer"
            />
            <Enter.Text
              name={`options.assertions.${index}.expected`}
              label="Expected answer"
              hint="Compared as text"
              placeholder="0"
            />
          </div>
          <Enter.Area
            name={`options.assertions.${index}.sql`}
            label="SELECT"
            hint={selectHint}
            spellCheck={false}
            inputClassName="font-mono text-xs"
            placeholder={selectPlaceholder}
          />
          <Button variant="ghost" size="sm" aria-label={`Remove assertion ${index + 1}`} onClick={() => remove(index)}>
            <Trash2 aria-hidden /> Remove
          </Button>
        </fieldset>
      ))}
      <div>
        <Button variant="secondary" size="sm" onClick={() => append({ name: '', sql: '', expected: '' })}>
          <Plus aria-hidden /> Add an assertion
        </Button>
        <p className="mt-1 text-xs text-ink-3">Assertions are asked at level comprehensive.</p>
      </div>
    </>
  )
}
