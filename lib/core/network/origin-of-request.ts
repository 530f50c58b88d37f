import { isIP, type BlockList } from 'node:net'
import { isWithin, plainAddress } from './parse-networks'

export interface Arrival {
  /** The other end of the connection. */
  peer: string
  host: string | undefined
  forwardedFor: string | undefined
  forwardedProto: string | undefined
  forwardedHost: string | undefined
}

export interface RequestOrigin {
  /** Whose request it is: what limits and the audit log go by. */
  client: string
  protocol: 'http' | 'https'
  /** The name and port that was asked for. */
  host: string
}

/**
 * Who asks, and for which address. What a request says of itself in forwarded headers counts only when the connection
 * comes from a trusted proxy. Each proxy appends what it saw, so the list is read from its end: the first address that is
 * no trusted proxy is the client; what stands before it is whatever the client wrote.
 */
export function originOfRequest(arrival: Arrival, trusted: BlockList): RequestOrigin {
  const peer = plainAddress(arrival.peer)
  const own = { client: peer, protocol: 'http' as const, host: arrival.host ?? '' }
  if (!isWithin(trusted, peer)) return own
  return {
    client: lastUntrusted(peer, arrival.forwardedFor, trusted),
    protocol: last(arrival.forwardedProto)?.toLowerCase() === 'https' ? 'https' : 'http',
    host: last(arrival.forwardedHost) ?? own.host,
  }
}

function lastUntrusted(peer: string, forwardedFor: string | undefined, trusted: BlockList): string {
  let client = peer
  for (const entry of (forwardedFor ?? '').split(',').reverse()) {
    const address = addressIn(entry.trim())
    // Beyond an entry that is no address nothing can be known; the proxy that passed it on is the last that is.
    if (address === null) return client
    client = address
    if (!isWithin(trusted, address)) return client
  }
  return client
}

/** Some proxies write the port too: `192.0.2.7:4711`, `[2001:db8::1]:4711`. */
function addressIn(entry: string): string | null {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(entry)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(entry)?.[1] ?? entry
  return isIP(bare) === 0 ? null : plainAddress(bare)
}

function last(list: string | undefined): string | undefined {
  return list?.split(',').at(-1)?.trim() || undefined
}
