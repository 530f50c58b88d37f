import { HoldfastError } from '@/lib/core/holdfast-error'
import { formatLsn, type Lsn } from '@/lib/core/log/lsn'

/** `what` says what is wrong with the bytes at the position. */
export function damagedLog(position: Lsn, what: string): HoldfastError {
  const place = formatLsn(position)
  return new HoldfastError('object-damaged', `The log of PostgreSQL is damaged: ${place} ${what}.`, {
    facts: { position: place },
  })
}
