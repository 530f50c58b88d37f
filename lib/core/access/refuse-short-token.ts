import { HoldfastError } from '../holdfast-error'

/** The token makes its holder an administrator. 32 characters of `openssl rand -base64 32` or `-hex 16` cannot be guessed. */
const leastLength = 32

/** A token known beforehand (HOLDFAST_API_TOKEN) that could be guessed is not taken. Throws `token-too-short`. */
export function refuseShortToken(name: string, token: string): void {
  if (token.length >= leastLength) return
  throw new HoldfastError('token-too-short', `${name} has fewer than ${leastLength} characters.`, {
    remedy: 'Make one that cannot be guessed, for example with: openssl rand -base64 32',
  })
}
