import { HoldfastError } from '@/lib/core/holdfast-error'
import { errorCode, errorText } from '@/lib/engines/postgres/classify-error'

/** A file of the cluster that is gone has the same code as a library that is not installed. */
const ofFiles =
  /^could not (?:open|read|stat|access) (?:file|directory) "(?:base|global|pg_tblspc|pg_xact|pg_multixact|pg_commit_ts)\/|^could not access status of transaction|^"base\/.*is not a valid data directory/
const gone = /^(?:57P0[123]|08|ECONNRESET|EPIPE|ENOENT|ECONNREFUSED)/

/** True when the server says that what it read is damaged or missing: class XX, and what is lacking of its files. */
export function isServerDamage(error: unknown): boolean {
  const code = errorCode(error)
  // The last is of a database that is listed, and whose folder is not there.
  return code.startsWith('XX') || ofFiles.test(errorText(error)) || code === '3D000'
}

/** The server is no longer there, or begins anew: that says nothing about what was asked. */
export function isGone(error: unknown): boolean {
  return gone.test(errorCode(error)) || /Connection terminated|not queryable/.test(errorText(error))
}

export function serverBroke(cause: unknown): HoldfastError {
  const message = `The sandbox's server could not go on: ${errorText(cause)}`
  const remedy = 'Look at the memory and the disk of this machine, and test again.'
  return new HoldfastError('sandbox-unavailable', message, { remedy, cause })
}
