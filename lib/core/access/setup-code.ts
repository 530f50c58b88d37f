import { createHash, timingSafeEqual } from 'node:crypto'

/** Without letters and digits that are taken for one another. */
const alphabet = 'ABCDEFGHJKMNPQRSTVWXYZ23456789'
const groups = 4
const perGroup = 4

/** Below HOLDFAST_HOME. The start makes it while there is no administrator; it goes with the first one. */
export const setupCodeFile = 'keys/setup-code'

/** A code to be typed: four groups of four, 78 bits. `randomBelow` answers a random whole number below its argument. */
export function newSetupCode(randomBelow: (limit: number) => number): string {
  const letter = () => alphabet.charAt(randomBelow(alphabet.length))
  const group = () => Array.from({ length: perGroup }, letter).join('')
  return Array.from({ length: groups }, group).join('-')
}

/** Compares in constant time, in any spelling: small letters, with or without dashes and blanks. */
export function setupCodeMatches(expected: string, given: string): boolean {
  const [left, right] = [expected, given].map((code) => createHash('sha256').update(plain(code)).digest())
  return plain(expected) !== '' && left !== undefined && right !== undefined && timingSafeEqual(left, right)
}

const plain = (code: string): string => code.toUpperCase().replace(/[^A-Z0-9]/g, '')
