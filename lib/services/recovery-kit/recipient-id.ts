import { createHash } from 'node:crypto'

/** The short name of an age recipient in the files that are wrapped for it later: `identity-<id>.age`. */
export function recipientId(recipient: string): string {
  return createHash('sha256').update(recipient).digest('hex').slice(0, 12)
}
