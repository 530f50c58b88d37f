import { errorCodes } from '@/lib/contracts/error-code'
import type { HoldfastError } from '@/lib/core/holdfast-error'

/** HTTP status of an error: that of its code, and 503 where what was asked cannot be done now and may be later. */
export function errorStatus(error: HoldfastError): number {
  const { status } = errorCodes[error.code]
  return status === 422 && error.transient ? 503 : status
}
