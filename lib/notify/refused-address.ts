import { lookup } from 'node:dns'
import { type LookupFunction, isIP } from 'node:net'
import { isMetadataAddress } from '@/lib/core/network/is-metadata-address'
import { HoldfastError } from '@/lib/core/holdfast-error'

/** Throws `notify-refused` for a host that is the address where clouds serve the credentials of the machine. */
export function refuseAddress(host: string): void {
  if (isMetadataAddress(host)) throw refusal(host)
}

function refusal(address: string): HoldfastError {
  return new HoldfastError('notify-refused', `The channel leads to ${address}, which is not allowed`, {
    remedy: 'Use the address of a receiver, not one of the link-local range.',
    facts: { address },
  })
}

/** Checks the address that is really connected to: a name could answer with another one than when it was entered. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const bad = addresses?.find(({ address }) => isIP(address) !== 0 && isMetadataAddress(address))
    const first = addresses?.[0]
    if (error || bad || !first) callback(error ?? refusal(bad?.address ?? hostname), '', 0)
    else if (options.all) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}
