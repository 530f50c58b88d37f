import { createHash, randomInt } from 'node:crypto'

/** Without what is misread: 0 and O, 1, I and L. */
const letters = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'
const count = 10
const length = 16

/** Ten codes of 79 random bits, in groups of four: enough for a plain hash, which may be looked up. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: count }, () => {
    const code = Array.from({ length }, () => letters.charAt(randomInt(letters.length))).join('')
    return code.match(/.{4}/g)?.join('-') ?? code
  })
}

/** What is stored of a code; spaces, dashes and case do not matter. */
export function recoveryCodeHash(code: string): string {
  return createHash('sha256').update(code.replace(/[\s-]/g, '').toUpperCase()).digest('hex')
}
