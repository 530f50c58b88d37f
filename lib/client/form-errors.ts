import type { z } from 'zod'
import { ApiError } from './api'

/** Messages by the dotted path of the field that they are about; `''` is about the whole form. */
export type FieldErrors = Readonly<Record<string, string>>

/** What a contract says about the values of a form: either the parsed input, or a message for each wrong field. */
export function checkForm<T extends z.ZodType>(
  schema: T,
  values: unknown,
): { ok: true; value: z.input<T> } | { ok: false; errors: FieldErrors } {
  const result = schema.safeParse(values)
  // The input is sent, not the output: the server applies the defaults and transforms itself.
  if (result.success) return { ok: true, value: values as z.input<T> }
  const errors: Record<string, string> = {}
  for (const issue of result.error.issues) errors[issue.path.join('.')] ??= issue.message
  return { ok: false, errors }
}

/** The field messages that an answer of the API carries. */
export function fieldErrorsOf(error: unknown): FieldErrors {
  if (!(error instanceof ApiError)) return {}
  return Object.fromEntries((error.problem.errors ?? []).map(({ path, message }) => [path, message]))
}
