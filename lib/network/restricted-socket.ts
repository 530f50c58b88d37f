import { Socket } from 'node:net'
import { isMetadataAddress } from '@/lib/core/network/is-metadata-address'
import { restrictedLookup, refusedAddress } from './restricted-lookup'

/** A socket that connects to no metadata address: the host is checked when it is one, and what a name resolves to. */
export class RestrictedSocket extends Socket {
  override connect(...args: unknown[]): this {
    const [port, host, onConnect] = args
    // A path is a Unix socket and leads to no network; port and host is the form in which libraries connect.
    if (typeof port === 'string') return super.connect(port)
    if (typeof port !== 'number' || typeof host !== 'string') throw new TypeError('connect takes a port and a host')
    if (typeof onConnect === 'function') this.once('connect', () => Reflect.apply(onConnect, this, []))
    if (isMetadataAddress(host)) {
      process.nextTick(() => this.destroy(refusedAddress(host, host)))
      return this
    }
    return super.connect({ port, host, lookup: restrictedLookup })
  }
}
