import { useController } from 'react-hook-form'

/** A field of the surrounding form by its path, with the message that stands at it or at something inside it. */
export function useField<Value>(name: string) {
  const { field, fieldState } = useController({ name })
  return {
    value: valueAs<Value>(field.value),
    change: (value: Value) => field.onChange(value),
    left: field.onBlur,
    error: messageIn(fieldState.error),
  }
}

/** `fieldsOf` lets a field only have a name whose value is of its kind. */
const valueAs = <Value>(value: unknown) => value as Value

/** What has several parts may be entered in one field: the first wrong part is shown there. */
export function messageIn(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  if ('message' in error && typeof error.message === 'string') return error.message
  for (const [name, part] of Object.entries(error)) {
    const message = name === 'ref' ? undefined : messageIn(part)
    if (message !== undefined) return message
  }
  return undefined
}
