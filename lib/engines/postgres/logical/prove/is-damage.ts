import type { ErrorCode } from '@/lib/contracts/error-code'
import { HoldfastError } from '@/lib/core/holdfast-error'

const damageCodes = new Set<ErrorCode>(['object-damaged', 'object-not-found', 'producer-truncated'])

/**
 * True when the stored bytes are not what was stored, or not a whole archive. All other trouble (the way to the store,
 * keys, this machine) says nothing about the backup.
 */
export function isDamage(error: unknown): boolean {
  return error instanceof HoldfastError && damageCodes.has(error.code)
}
