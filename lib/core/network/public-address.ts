import { isLoopbackName } from './allowed-hosts'

/** The address for links that others get; null for one that leads back to this machine alone. */
export function publicAddress(address: string | undefined): string | null {
  const url = address ? URL.parse(address) : null
  return url && !isLoopbackName(url.hostname) ? url.origin : null
}
