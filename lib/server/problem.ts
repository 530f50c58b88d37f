import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import { z } from 'zod'
import type { NewProblem } from '@/lib/contracts/common'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Logger } from '@/lib/ports/run-context'
import { errorStatus } from './error-status'
import { apiHeaders } from './security-headers'

const fieldErrorsSchema = z.array(z.object({ path: z.string(), message: z.string() }))

/**
 * Any thrown value as problem+json (RFC 9457). An unexpected error is logged under an id, and the answer contains only that
 * id.
 */
export function problemResponse(error: unknown, logger: Logger): Response {
  const expected = asExpected(error)
  if (expected) return answer(expected)
  const incident = randomUUID().slice(0, 8)
  logger.error('request broke', { incident, error: error instanceof Error ? error.stack : String(error) })
  return answer(
    new HoldfastError('unexpected', `Something went wrong that should not have (incident ${incident}).`, {
      remedy: 'Look for the incident in the log of the web process.',
      facts: { incident },
    }),
  )
}

function answer(error: HoldfastError): Response {
  const status = errorStatus(error)
  const { errors, ...facts } = error.facts
  const fields = fieldErrorsSchema.safeParse(errors)
  const problem: NewProblem = {
    type: `urn:holdfast:problem:${error.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: error.message,
    code: error.code,
    ...(error.remedy ? { remedy: error.remedy } : {}),
    ...(fields.success ? { errors: fields.data } : {}),
    ...(Object.keys(facts).length ? { facts } : {}),
  }
  const headers: Record<string, string> = { ...apiHeaders, 'content-type': 'application/problem+json' }
  if (status === 401) headers['www-authenticate'] = 'Bearer'
  const wait = facts['retryAfterMs']
  if (typeof wait === 'number') headers['retry-after'] = String(Math.ceil(wait / 1000))
  return new Response(JSON.stringify(problem), { status, headers })
}

function asExpected(error: unknown): HoldfastError | null {
  if (error instanceof HoldfastError) return error
  if (isCatalogAway(error)) {
    return new HoldfastError('catalog-unreachable', 'The catalog database cannot be reached.', {
      remedy: 'Check that PostgreSQL runs; work that is under way is not lost.',
      transient: true,
      cause: error,
    })
  }
  return null
}

/** Prisma's codes for a server that does not answer, closed the connection, or has none free. */
function isCatalogAway(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  const code = 'errorCode' in error ? error.errorCode : 'code' in error ? error.code : undefined
  return typeof code === 'string' && ['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'ECONNREFUSED'].includes(code)
}
