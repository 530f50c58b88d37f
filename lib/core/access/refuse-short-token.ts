import { HoldfastError } from '../holdfast-error'

/** 32 characters of `openssl rand -base64 32` or `-hex 16` are out of anyone's reach; whoever holds it is administrator. */
const leastLength = 32

/** A token known beforehand (HOLDFAST_API_TOKEN) that could be guessed is not taken. Throws `token-too-short`. */
export function refuseShortToken(name: string, token: string): void {
  if (token.length >= leastLength) return
  throw new HoldfastError('token-too-short', `${name} has fewer than ${leastLength} characters.`, {
    remedy: 'Make one that cannot be guessed, for example with: openssl rand -base64 32',
  })
}
