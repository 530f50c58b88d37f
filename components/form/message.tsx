import { get, useFormState } from 'react-hook-form'
import { messageIn } from './use-field'

/** What is wrong with several fields together, which stands at none of them. */
export function Message({ name }: { name: string }) {
  const { errors } = useFormState()
  const error: unknown = get(errors, name)
  // What is wrong inside stands at the fields there.
  const message = typeof error === 'object' && error !== null && 'type' in error ? messageIn(error) : undefined
  return message !== undefined && <p className="text-[0.8125rem] text-bad">{message}</p>
}
