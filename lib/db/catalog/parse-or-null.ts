import type { z } from 'zod'

/** A nullable JSON column as its contract's type; null stays null. Throws when the stored value breaks the contract. */
export function parseOrNull<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> | null {
  return value === null || value === undefined ? null : schema.parse(value)
}
