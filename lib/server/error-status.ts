import type { HoldfastError } from '@/lib/core/holdfast-error'

/** HTTP status of each error code. Codes that are not listed are refusals of what was asked (422), or 503 when transient. */
const statusOf: Record<string, number> = {
  'invalid-input': 400,
  'invalid-json': 400,
  'cursor-invalid': 400,
  'cron-invalid': 400,
  'time-zone-unknown': 400,
  'address-refused': 400,
  unauthenticated: 401,
  'sign-in-failed': 401,
  forbidden: 403,
  'foreign-site': 403,
  'not-found': 404,
  'name-taken': 409,
  'already-running': 409,
  'already-finished': 409,
  'setup-done': 409,
  'in-use': 409,
  'backup-in-use': 409,
  'backup-pinned': 409,
  'last-good-backup': 409,
  'last-administrator': 409,
  'recovery-key-exists': 409,
  'object-exists': 409,
  'database-exists': 409,
  conflict: 409,
  'body-too-large': 413,
  'not-json': 415,
  'rate-limited': 429,
  'not-configured': 500,
  'secret-unreadable': 500,
  'host-unreachable': 502,
  'connection-refused': 502,
  'server-gone': 502,
  'storage-unreachable': 502,
  'storage-denied': 502,
  'storage-failed': 502,
  'storage-not-found': 502,
  'object-not-found': 502,
  'object-damaged': 502,
  'catalog-unreachable': 503,
}

export function errorStatus(error: HoldfastError): number {
  return statusOf[error.code] ?? (error.transient ? 503 : 422)
}
