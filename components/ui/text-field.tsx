import type { ComponentProps, ReactNode } from 'react'
import { Field } from './field'
import { Input } from './input'

interface TextFieldProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'id'> {
  label: ReactNode
  hint?: ReactNode
  error?: string | undefined
  optional?: boolean
  /** Of the field; the width of the input follows it. */
  className?: string
  value: string
  onChange: (value: string) => void
}

/** One line of text with its label, hint and error. The browser proposes nothing unless `autoComplete` says what. */
export function TextField({ label, hint, error, optional, className, value, onChange, ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional} className={className}>
      {(control) => (
        <Input
          autoComplete="off"
          {...input}
          {...control}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
