import { z } from 'zod'

const objectSchema = z.record(z.string(), z.unknown())

/** A JSON column that always holds an object. Throws when it holds anything else. */
export function jsonObject(value: unknown): Record<string, unknown> {
  return objectSchema.parse(value)
}
