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
