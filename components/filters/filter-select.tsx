'use client'

import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/input'
import { useUrlState } from '@/lib/client/hooks/use-url-state'

interface FilterSelectProps {
  label: string
  /** In the address. */
  name: string
  /** What it is called when nothing is chosen. */
  all: string
  options: ReadonlyArray<readonly [value: string, label: string]>
  className?: string
}

/** A filter that is one of a few values. */
export function FilterSelect({ label, name, all, options, className }: FilterSelectProps) {
  const { get, set } = useUrlState()
  return (
    <Field label={label} className={className}>
      {(control) => (
        <Select
          {...control}
          value={get(name) ?? ''}
          onChange={(event) => set({ [name]: event.target.value, cursor: undefined })}
        >
          <option value="">{all}</option>
          {options.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </Select>
      )}
    </Field>
  )
}
