import { lookup } from 'node:dns/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { isMetadataAddress } from '@/lib/core/network/is-metadata-address'

const lookupTimeoutMs = 3_000

/**
 * Server-side request forgery: an address that a user typed must not be a cloud's metadata service, by number or by a name
 * that resolves to it now. A name that does not resolve passes; the connection will report it. Throws `address-refused` at
 * the field `path`.
 */
export async function refuseMetadataUrl(url: unknown, path: string): Promise<void> {
  if (typeof url !== 'string' || !URL.canParse(url)) return
  await refuseMetadataHost(new URL(url).hostname, path)
}

/** The same for a host name. */
export async function refuseMetadataHost(host: string, path: string): Promise<void> {
  const addresses = isMetadataAddress(host) ? [host] : await resolve(host)
  if (!addresses.some(isMetadataAddress)) return
  const message = 'This address belongs to the machine itself (link-local or metadata) and is not allowed.'
  throw new HoldfastError('address-refused', message, {
    remedy: 'Enter the address of the service that is meant.',
    facts: { errors: [{ path, message }] },
  })
}

async function resolve(host: string): Promise<string[]> {
  const limit = new Promise<[]>((done) => setTimeout(() => done([]), lookupTimeoutMs).unref())
  const found = lookup(host.replace(/^\[|\]$/g, ''), { all: true }).catch(() => [])
  return (await Promise.race([found, limit])).map(({ address }) => address)
}
