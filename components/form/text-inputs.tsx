'use client'

import { useState, type ComponentProps, type ReactNode } from 'react'
import { Field } from '@/components/ui/field'
import { Input, Textarea } from '@/components/ui/input'
import { amountText, parseAmount, type Unit } from '@/lib/client/format/amount'
import { useField } from './use-field'

export interface LabelledProps<Name extends string = string> {
  /** Path of the value, which is the contract's path of what is sent. */
  name: Name
  label: ReactNode
  hint?: ReactNode
  optional?: boolean | undefined
  /** Instead of what the contract or the server says of it. */
  error?: string | undefined
  /** Of the whole field; the width of the control follows it. */
  className?: string
}
type InputProps = Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'id' | 'name' | 'className'> & {
  /** `font-mono`, where the characters matter. */
  inputClassName?: string
}
type AreaProps = Omit<ComponentProps<'textarea'>, 'value' | 'onChange' | 'id' | 'name' | 'className'> & {
  /** What finds it in the page. */
  'data-ca'?: boolean
  inputClassName?: string
}

/** One line of text. The browser proposes nothing unless `autoComplete` says what. */
export function TextInput({ name, label, hint, optional, error, className, ...input }: LabelledProps & InputProps) {
  const field = useField<string>(name)
  return (
    <Line
      {...{ label, hint, optional, className, ...input }}
      error={error ?? field.error}
      text={field.value}
      onText={field.change}
      onBlur={(event) => {
        field.left()
        input.onBlur?.(event)
      }}
    />
  )
}

/** A number, typed in the unit that the label names; `unit` says how much of what is stored that is. Empty is null. */
export function NumberInput({
  name,
  label,
  hint,
  optional,
  error,
  className,
  unit = 1,
  ...input
}: LabelledProps & InputProps & { unit?: Unit }) {
  const field = useField<number | null>(name)
  const [text, setText] = useTyped(field.value, {
    shown: (amount) => amountText(amount, unit),
    read: (typed) => parseAmount(typed, unit),
    same: Object.is,
  })
  return (
    <Line
      inputMode={unit === 1 ? 'numeric' : 'decimal'}
      {...{ label, hint, optional, className, ...input }}
      error={error ?? field.error}
      text={text}
      onText={(typed) => {
        setText(typed)
        field.change(parseAmount(typed, unit))
      }}
      onBlur={field.left}
    />
  )
}

/** Several words in one line, with commas between or what else may stand there. */
export function WordsInput({
  name,
  label,
  hint,
  optional,
  error,
  className,
  between = /,/,
  ...input
}: LabelledProps & InputProps & { between?: RegExp }) {
  const [text, setText, field] = useListText(name, between, ', ')
  return (
    <Line
      {...{ label, hint, optional, className, ...input }}
      error={error ?? field.error}
      text={text}
      onText={setText}
      onBlur={field.left}
    />
  )
}

/** Several texts, one on each line. */
export function LinesInput(props: LabelledProps & AreaProps) {
  const [text, setText, field] = useListText(props.name, /\n/, '\n')
  return <Area {...props} error={props.error ?? field.error} text={text} onText={setText} onBlur={field.left} />
}

/** Several lines of text. */
export function AreaInput(props: LabelledProps & AreaProps) {
  const field = useField<string>(props.name)
  return (
    <Area {...props} error={props.error ?? field.error} text={field.value} onText={field.change} onBlur={field.left} />
  )
}

interface TypedText {
  text: string
  onText: (text: string) => void
}

function Line({
  label,
  hint,
  optional,
  error,
  className,
  text,
  onText,
  inputClassName,
  ...input
}: Omit<LabelledProps, 'name'> & InputProps & TypedText) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional} className={className}>
      {(control) => (
        <Input
          autoComplete="off"
          {...input}
          {...control}
          className={inputClassName}
          value={text}
          onChange={(event) => onText(event.target.value)}
        />
      )}
    </Field>
  )
}

function Area({
  name: _name,
  label,
  hint,
  optional,
  error,
  className,
  text,
  onText,
  inputClassName,
  ...input
}: LabelledProps & AreaProps & TypedText) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional} className={className}>
      {(control) => (
        <Textarea
          {...input}
          {...control}
          className={inputClassName}
          value={text}
          onChange={(event) => onText(event.target.value)}
        />
      )}
    </Field>
  )
}

/** A list that is typed as text: it has what is between the separators and not blank. */
function useListText(name: string, separator: RegExp, shownBetween: string) {
  const field = useField<readonly string[]>(name)
  const read = (typed: string): readonly string[] =>
    typed
      .split(separator)
      .map((part) => part.trim())
      .filter(Boolean)
  const [text, setText] = useTyped(field.value, {
    shown: (list) => list.join(shownBetween),
    read,
    same: (one, other) => one.join('\n') === other.join('\n'),
  })
  const type = (typed: string) => {
    setText(typed)
    field.change(read(typed))
  }
  return [text, type, field] as const
}

interface Spelling<Value> {
  shown: (value: Value) => string
  read: (text: string) => Value
  same: (one: Value, other: Value) => boolean
}

/**
 * The text of a value. What is typed stays as it is typed; a value that came otherwise replaces it, once: not every value
 * reads back from what is shown of it.
 */
function useTyped<Value>(value: Value, { shown, read, same }: Spelling<Value>) {
  const [text, setText] = useState(() => shown(value))
  const [seen, setSeen] = useState(value)
  if (!same(value, seen)) {
    setSeen(value)
    if (!same(read(text), value)) setText(shown(value))
  }
  return [text, setText] as const
}
