import { HoldfastError } from '@/lib/core/holdfast-error'

/** The archive is not what pg_dump writes. */
export function damaged(reason: string): HoldfastError {
  return new HoldfastError('producer-truncated', `The archive is not complete and sound: ${reason}.`, {
    remedy: 'Take the backup again. If it repeats, compare the versions of the server and of pg_dump.',
    facts: { reason },
  })
}
