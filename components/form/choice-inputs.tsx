'use client'

import type { ReactNode } from 'react'
import { Checkbox, Switch } from '@/components/ui/check'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/input'
import { RadioChoices, type RadioChoice } from '@/components/ui/radio-choices'
import type { LabelledProps } from './text-inputs'
import { useField } from './use-field'

export interface Choice<Value extends string = string> {
  value: Value
  label: ReactNode
}

interface SelectInputProps extends LabelledProps {
  choices: readonly Choice[]
  disabled?: boolean
  /** The choice that counts while the value is empty. */
  shownWhenEmpty?: string
  /** What else the choice decides. */
  onChosen?: (value: string) => void
  /** Sets the value together with others, at once: a form whose parts do not fit together is never checked. */
  choose?: (value: string) => void
}

/** One of a few texts, which are the values themselves. */
export function SelectInput({ name, label, hint, optional, error, className, choices, ...more }: SelectInputProps) {
  const field = useField<string>(name)
  return (
    <Field label={label} hint={hint} error={error ?? field.error} optional={optional} className={className}>
      {(control) => (
        <Select
          {...control}
          value={field.value || (more.shownWhenEmpty ?? '')}
          disabled={more.disabled}
          onBlur={field.left}
          onChange={(event) => {
            const chosen = event.target.value
            if (more.choose) return more.choose(chosen)
            field.change(chosen)
            more.onChosen?.(chosen)
          }}
        >
          {choices.map(({ value, label: shown }) => (
            <option key={value} value={value}>
              {shown}
            </option>
          ))}
        </Select>
      )}
    </Field>
  )
}

interface RadiosInputProps {
  name: string
  label: string
  choices: readonly RadioChoice[]
}

/** One of a few texts, each with a sentence of its own. */
export function RadiosInput({ name, ...shown }: RadiosInputProps) {
  const field = useField<string>(name)
  return <RadioChoices {...shown} value={field.value} onChange={field.change} />
}

interface ToggleInputProps {
  name: string
  label: ReactNode
  hint?: ReactNode
  disabled?: boolean
}

export function SwitchInput({ name, ...shown }: ToggleInputProps) {
  const field = useField<boolean>(name)
  return <Switch {...shown} checked={field.value} onChange={field.change} />
}

export function CheckInput({ name, ...shown }: ToggleInputProps) {
  const field = useField<boolean>(name)
  return <Checkbox {...shown} checked={field.value} onChange={field.change} />
}
