import { Plus, Trash2 } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Switch } from '@/components/ui/check'
import { Field } from '@/components/ui/field'
import { FormSection } from '@/components/ui/form-section'
import { Textarea } from '@/components/ui/input'
import { TextField } from '@/components/ui/text-field'
import type { FieldErrors } from '@/lib/client/form-errors'
import type { SourceValues } from './source-values'

interface ProofFieldsProps {
  values: SourceValues
  errors: FieldErrors
  onChange: (changes: Partial<SourceValues>) => void
}

/** What restore tests ask beyond what the archive itself tells: the administrator's own knowledge of the data. */
export function ProofFields({ values, errors, onChange }: ProofFieldsProps) {
  const { assertions } = values
  const change = (index: number, changes: Partial<SourceValues['assertions'][number]>) =>
    onChange({ assertions: assertions.map((each, at) => (at === index ? { ...each, ...changes } : each)) })
  const tableError = Object.entries(errors).find(([path]) => path.startsWith('options.criticalTables'))?.[1]
  return (
    <FormSection
      title="What restore tests ask"
      note="Restored rows and objects are compared with the archive in any case. Here is what only you know of the data."
    >
      <Field
        label="Tables that must not be empty"
        hint="One on each line, as schema.table. Asked at the levels standard and comprehensive."
        optional
        error={tableError}
      >
        {(control) => (
          <Textarea
            {...control}
            value={values.criticalTables}
            spellCheck={false}
            className="font-mono text-xs"
            placeholder={'public.customers\npublic.orders'}
            onChange={(event) => onChange({ criticalTables: event.target.value })}
          />
        )}
      </Field>
      {assertions.map((assertion, index) => {
        const wrong = (name: string) => errors[`options.assertions.${index}.${name}`]
        return (
          <fieldset key={index} className="space-y-3 rounded-md border border-line p-3">
            <legend className="px-1 text-[0.8125rem] font-medium">Assertion {index + 1}</legend>
            <div className="grid gap-3 sm:grid-cols-2">
              <TextField
                label="Name"
                error={wrong('name')}
                placeholder="Every order has a customer"
                value={assertion.name}
                onChange={(typed) => change(index, { name: typed })}
              />
              <TextField
                label="Expected answer"
                hint="Compared as text"
                error={wrong('expected')}
                placeholder="0"
                value={assertion.expected}
                onChange={(typed) => change(index, { expected: typed })}
              />
            </div>
            <Field
              label="SELECT"
              hint="Answers one row; its first column counts. Names with their schema, times are in UTC. Runs read-only in the sandbox, for a minute at most."
              error={wrong('sql')}
            >
              {(control) => (
                <Textarea
                  {...control}
                  value={assertion.sql}
                  spellCheck={false}
                  className="font-mono text-xs"
                  placeholder="SELECT count(*) FROM public.orders WHERE customer_id IS NULL"
                  onChange={(event) => change(index, { sql: event.target.value })}
                />
              )}
            </Field>
            <Button
              variant="ghost"
              size="sm"
              aria-label={`Remove assertion ${index + 1}`}
              onClick={() => onChange({ assertions: assertions.filter((_, at) => at !== index) })}
            >
              <Trash2 aria-hidden /> Remove
            </Button>
          </fieldset>
        )
      })}
      <div>
        <Button
          variant="secondary"
          size="sm"
          onClick={() => onChange({ assertions: [...assertions, { name: '', sql: '', expected: '' }] })}
        >
          <Plus aria-hidden /> Add an assertion
        </Button>
        <p className="mt-1 text-xs text-ink-3">Assertions are asked at level comprehensive.</p>
      </div>
      <TextField
        label="Longest restore test, in hours"
        hint="One that takes longer is ended and decides nothing."
        error={errors['options.restoreTestLimitMs']}
        className="max-w-64"
        inputMode="decimal"
        value={values.restoreTestHours}
        onChange={(typed) => onChange({ restoreTestHours: typed })}
      />
      <Switch
        label="Accept that code of this database runs unconfined"
        hint="Leave this off. A restore test runs code that is in the backup; Holdfast keeps it from this machine's files, processes and network, and tests nothing where it cannot. With this on it tests all the same: anyone who owns an object in the database can then do on this machine whatever the worker can. Every evidence says so."
        checked={values.acceptUnconfined}
        onChange={(acceptUnconfined) => onChange({ acceptUnconfined })}
      />
    </FormSection>
  )
}
