import type { Failure } from '../contracts/common'
import type { ErrorCode } from '../contracts/error-code'
import { clip, clipFacts } from './clip'

/**
 * The one error class for expected trouble: a stable code, a message for people, the facts and what to do next. The code
 * that throws it redacts secrets first. Quoted texts of tools and servers are cut to a bounded length. Transports map it
 * once (lib/server/handle.ts, worker/cli.ts).
 */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError'
  readonly code: ErrorCode
  readonly remedy: string | undefined
  readonly facts: Record<string, unknown>
  /** True for what may pass by itself (network, 5xx, locks): the job may be tried again. */
  readonly transient: boolean

  constructor(
    code: ErrorCode,
    message: string,
    options: { remedy?: string; facts?: Record<string, unknown>; transient?: boolean; cause?: unknown } = {},
  ) {
    super(clip(message), { cause: options.cause })
    this.code = code
    this.remedy = options.remedy
    this.facts = Object.fromEntries(Object.entries(options.facts ?? {}).map(([name, fact]) => [name, clipFacts(fact)]))
    this.transient = options.transient ?? false
  }
}

/** Any thrown value as a storable failure; unknown errors keep their message but promise nothing. */
export function toFailure(error: unknown): Failure {
  if (error instanceof HoldfastError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.remedy ? { remedy: error.remedy } : {}),
      ...(Object.keys(error.facts).length ? { facts: error.facts } : {}),
    }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'unexpected', message: clip(message) || 'An unexpected error without a message' }
}

/** True when the error may pass by itself. Unknown errors may not: repeating them hides bugs. */
export function isTransient(error: unknown): boolean {
  return error instanceof HoldfastError && error.transient
}
