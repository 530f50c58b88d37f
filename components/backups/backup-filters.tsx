'use client'

import { useQuery } from '@tanstack/react-query'
import { jobStates } from '@/lib/contracts/common'
import { verifiedSchema } from '@/lib/contracts/backup'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { sourcesQuery } from '@/lib/client/queries/sources'
import { useUrlState } from '@/lib/client/use-url-state'
import { stateWords, verifiedWords } from '@/lib/client/words'

const names = ['source', 'status', 'verified', 'from', 'to'] as const

/** What to show; it lives in the address. A change goes back to the first page. */
export function BackupFilters() {
  const { get, set } = useUrlState()
  const { data: sources } = useQuery(sourcesQuery())
  const change = (name: (typeof names)[number]) => (event: { target: { value: string } }) =>
    set({ [name]: event.target.value, cursor: undefined })
  const any = names.some((name) => get(name))
  return (
    <form
      role="search"
      aria-label="Filter the history"
      onSubmit={(event) => event.preventDefault()}
      className="grid grid-cols-2 items-end gap-3 border-b border-line p-4 sm:grid-cols-3 sm:px-5 lg:grid-cols-[1.4fr_1fr_1fr_1fr_1fr_auto]"
    >
      <Field label="Source" className="max-sm:col-span-2">
        {(control) => (
          <Select {...control} value={get('source') ?? ''} onChange={change('source')}>
            <option value="">All sources</option>
            {sources?.items.map((source) => (
              <option key={source.id} value={source.id}>
                {source.name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="Status">
        {(control) => (
          <Select {...control} value={get('status') ?? ''} onChange={change('status')}>
            <option value="">Any</option>
            {jobStates.map((state) => (
              <option key={state} value={state}>
                {stateWords[state].label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="Restorable">
        {(control) => (
          <Select {...control} value={get('verified') ?? ''} onChange={change('verified')}>
            <option value="">Any</option>
            {verifiedSchema.options.map((value) => (
              <option key={value} value={value}>
                {verifiedWords[value].label}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="From">
        {(control) => <Input {...control} type="date" value={get('from') ?? ''} onChange={change('from')} />}
      </Field>
      <Field label="To">
        {(control) => <Input {...control} type="date" value={get('to') ?? ''} onChange={change('to')} />}
      </Field>
      <Button
        variant="ghost"
        disabled={!any}
        onClick={() => set(Object.fromEntries([...names, 'cursor'].map((name) => [name, undefined])))}
      >
        Clear
      </Button>
    </form>
  )
}
