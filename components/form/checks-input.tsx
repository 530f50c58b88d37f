'use client'

import type { ReactNode } from 'react'
import { Checkbox } from '@/components/ui/check'
import { useField } from './use-field'

interface ChecksInputProps<Value extends string | number> {
  name: string
  choices: ReadonlyArray<{ value: Value; label: ReactNode; hint?: ReactNode }>
  /** Of the group of boxes. */
  className?: string
}

/** Some of several: the value is the list of those that are checked. */
export function ChecksInput<Value extends string | number>({ name, choices, className }: ChecksInputProps<Value>) {
  const { value, change, error } = useField<readonly Value[]>(name)
  return (
    <>
      <div className={className ?? 'space-y-2'}>
        {choices.map((choice) => (
          <Checkbox
            key={choice.value}
            label={choice.label}
            hint={choice.hint}
            checked={value.includes(choice.value)}
            onChange={(on) => change(on ? [...value, choice.value] : value.filter((each) => each !== choice.value))}
          />
        ))}
      </div>
      {error && <p className="mt-1 text-[0.8125rem] text-bad">{error}</p>}
    </>
  )
}
