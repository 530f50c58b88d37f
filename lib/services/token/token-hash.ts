import { createHash } from 'node:crypto'

/** What is stored of a token. It has 256 random bits, so a plain hash cannot be guessed back and may be looked up. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** How an owner recognises a token in a list. */
export function tokenHint(token: string): string {
  return `${token.slice(0, 3)}…${token.slice(-4)}`
}
