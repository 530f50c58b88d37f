import type { ErrorCode } from '@/lib/contracts/error-code'

/**
 * Whether an answer carries this code. The server may be newer than the page, so what it sends is any string; what that is
 * compared with must be a code that exists. A wait behind the code of a sign-in (`rate-limited:60`) does not count.
 */
export const isCode = (answered: string | null | undefined, code: ErrorCode): boolean =>
  answered?.split(':')[0] === code
