import { createHash } from 'node:crypto'

/** The short form of a recipient's name in the files that are wrapped for it later: `identity-<id>.age`. */
export function recipientId(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 12)
}
