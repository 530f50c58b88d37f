import { HoldfastError } from '@/lib/core/holdfast-error'

/** True when it is a system error with one of these codes. */
export function isErrno(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code)
}

/** A file system's error in the words of the storage port. */
export function classifyError(error: unknown, facts: { path: string; key?: string }): HoldfastError {
  if (error instanceof HoldfastError) return error
  const options = { facts, cause: error }
  if (isErrno(error, 'ENOSPC', 'EDQUOT')) {
    return new HoldfastError('storage-full', `There is no space left for ${facts.path}`, {
      ...options,
      remedy: 'Free space on the disk (or raise the quota), then run it again',
    })
  }
  if (isErrno(error, 'EACCES', 'EPERM', 'EROFS', 'ELOOP')) {
    const why = isErrno(error, 'EROFS') ? 'it is on a read-only file system' : 'the file system refused it'
    return new HoldfastError('storage-denied', `${facts.path} cannot be used: ${why}`, {
      ...options,
      remedy: 'Give the user that Holdfast runs as the right to read and write the folder',
    })
  }
  if (isErrno(error, 'ENOENT', 'ENOTDIR')) {
    return new HoldfastError('object-not-found', `${facts.key ?? facts.path} is not there`, {
      ...options,
      remedy: 'Check that its disk is mounted, and who else may delete there; use another copy meanwhile',
    })
  }
  const message = error instanceof Error ? error.message : String(error)
  // Network file systems answer these when the server is away for a moment.
  const transient = isErrno(error, 'ESTALE', 'ETIMEDOUT', 'EAGAIN', 'EBUSY', 'EHOSTDOWN', 'ENOTCONN')
  return new HoldfastError('storage-failed', `The disk reported an error at ${facts.path}: ${message}`, {
    ...options,
    remedy: 'Look at the disk, and at the log of the machine that it is in',
    transient,
  })
}
