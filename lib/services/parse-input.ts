import type { z } from 'zod'
import { HoldfastError } from '@/lib/core/holdfast-error'

/**
 * Parses what a service put together itself (a patch over what is stored). Throws `invalid-input` with the fields in
 * `facts.errors`, in the same shape as the API's own parsing. Values are never repeated: they may be secrets.
 */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown, prefix: string[] = []): z.infer<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.map((issue) => ({
    path: [...prefix, ...issue.path].join('.'),
    message: issue.message,
  }))
  throw new HoldfastError('invalid-input', errors[0]?.message ?? 'The input is not valid.', { facts: { errors } })
}
