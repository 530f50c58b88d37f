import { HoldfastError } from '@/lib/core/holdfast-error'

/** The archive is not what pg_dump writes. Said while it is written; of a stored one `damagedStored` tells what to do. */
export function damaged(reason: string): HoldfastError {
  return new HoldfastError('producer-truncated', `The archive is not complete and sound: ${reason}.`, {
    remedy: 'Back up again. If it repeats, look at pg_dump, and at the memory and the disk of this machine.',
    facts: { reason },
  })
}

/** The same program writes the same again. */
export function unknownFormat(reason: string): HoldfastError {
  return new HoldfastError('producer-truncated', `The archive is not one that this Holdfast can read: ${reason}.`, {
    remedy: 'Update Holdfast, or let it find a pg_dump of a version that it knows (HOLDFAST_PG_BIN).',
    facts: { reason, unknownFormat: true },
  })
}

/** What was stored is not sound: another backup of the source does not bring this one back. */
export function damagedStored(error: unknown): unknown {
  if (!(error instanceof HoldfastError) || error.code !== 'producer-truncated' || error.facts['unknownFormat'])
    return error
  return new HoldfastError(error.code, error.message, {
    remedy: 'Use another copy of this backup, or another backup, and look at the store that this one lies in.',
    facts: error.facts,
    cause: error,
  })
}
