import dns, { type LookupAddress } from 'node:dns'
import { promisify } from 'node:util'
import type { LookupFunction } from 'node:net'
import { isMetadataAddress } from '@/lib/core/network/is-metadata-address'
import { HoldfastError } from '@/lib/core/holdfast-error'

const refusedMessage = 'This address belongs to the machine itself (link-local or metadata) and is not allowed.'

/** Why a host is not connected to: it is, or leads to, where clouds serve a machine's own credentials. */
export function refusedAddress(host: string, address: string): HoldfastError {
  const leads = host === address ? host : `${host} leads to ${address}`
  return new HoldfastError('address-refused', `${leads}: ${lowerFirst(refusedMessage)}`, {
    remedy: 'Enter the address of the service that is meant.',
    facts: { host, address },
  })
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

/** Throws `address-refused` for a host that is such an address by itself, in any spelling. */
export function refuseLiteral(host: string): void {
  if (isMetadataAddress(host)) throw refusedAddress(host, host)
}

/**
 * `dns.lookup` for sockets, which checks the very addresses that are then connected to: a name may answer with another
 * one than when it was entered. Node asks it for names alone; see `refuseLiteral` for the rest.
 */
export const restrictedLookup: LookupFunction = (host, options, callback) => {
  // By the default export, so that a test can put its own resolver in place of the network's.
  dns.lookup(host, { ...options, all: true }, (error, addresses) => {
    const bad = error ? undefined : addresses.find(({ address }) => isMetadataAddress(address))
    const first = error ? undefined : addresses[0]
    if (error || bad || !first) callback(error ?? refusedAddress(host, bad?.address ?? host), '', 0)
    else if (options.all) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}

/** Every address of a host, checked. Rejects with `address-refused` or what the resolver says. */
export async function resolveRestricted(host: string): Promise<LookupAddress[]> {
  refuseLiteral(host)
  const found = await promisify((name: string, done: (error: Error | null, all: LookupAddress[]) => void) =>
    restrictedLookup(name, { all: true }, (error, addresses) =>
      done(error, typeof addresses === 'string' ? [] : addresses),
    ),
  )(host)
  return found
}
