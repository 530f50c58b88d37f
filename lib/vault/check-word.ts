import { createHash } from 'node:crypto'

/** Without letters and digits that look alike. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * The check word of a recovery kit, `K7QM-2XPD`: 40 bits derived from its secret key that reveal nothing about it. A person
 * who can type it has the kit at hand.
 */
export function checkWordOf(identity: string): string {
  const digest = createHash('sha256').update(`holdfast check word v1\n${identity}`).digest()
  const letters = [...digest.subarray(0, 8)].map((byte) => alphabet.charAt(byte & 31)).join('')
  return `${letters.slice(0, 4)}-${letters.slice(4)}`
}

/** What the catalog keeps of it; case, blanks and the dash do not count, nor letters that look alike. */
export function checkWordHash(word: string, recipient: string): string {
  const plain = word
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
  return createHash('sha256').update(`${recipient}\n${plain}`).digest('hex')
}
