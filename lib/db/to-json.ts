import type { Prisma } from './generated/client'

/** A plain value for a JSON column. Dates become RFC 3339 text and absent fields are dropped, as in any JSON. */
export function toJson(value: unknown): Prisma.InputJsonValue {
  return JSON.parse(JSON.stringify(value))
}
