import type { KeyHandOver } from '@/lib/core/repository/signed-list'
import { isSignedBy } from './signed-document'

/**
 * The signing keys that follow from those one trusts: a hand-over vouches from the old key to the new one, and back, when
 * the key that is trusted has signed it. Both have; a text signed by one alone counts for its own direction.
 */
export function trustedKeys(known: readonly string[], handOvers: readonly KeyHandOver[]): Set<string> {
  const trusted = new Set(known)
  for (let before = -1; before < trusted.size;) {
    before = trusted.size
    for (const { document, fromSignature, toSignature } of handOvers) {
      const { from, to } = document
      if (trusted.has(from) && !trusted.has(to) && isSignedBy(document, fromSignature, from)) trusted.add(to)
      if (trusted.has(to) && !trusted.has(from) && isSignedBy(document, toSignature, to)) trusted.add(from)
    }
  }
  return trusted
}
