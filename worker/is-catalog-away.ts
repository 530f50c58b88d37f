import { z } from 'zod'

const codedSchema = z.object({ code: z.string() })
/** Prisma's codes for a server that does not answer, and the system's and PostgreSQL's own. */
const awayCodes = /^(P1001|P1002|P1008|P1017|P2024|P2028|P2034|ECONN\w+|EPIPE|ETIMEDOUT|ENOENT|57P0\d|08\w{3}|53300)$/
const awayWords = /can't reach database|server has closed the connection|connection terminated|ECONNREFUSED|ECONNRESET/i

/** True when the catalog could not be reached, so that the same call may succeed later. */
export function isCatalogAway(error: unknown): boolean {
  const coded = codedSchema.safeParse(error)
  if (coded.success && awayCodes.test(coded.data.code)) return true
  return error instanceof Error && (awayWords.test(error.message) || isCatalogAway(error.cause))
}
