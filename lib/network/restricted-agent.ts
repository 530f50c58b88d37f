import { Agent as HttpAgent, type AgentOptions, type ClientRequestArgs } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { isMetadataAddress } from '@/lib/core/network/is-metadata-address'
import { restrictedLookup, refusedAddress } from './restricted-lookup'

type Created = (error: Error | null, stream: Duplex) => void

/** A connection that fails at once, when the host is refused by itself; else null, and names are checked by the lookup. */
function refusal({ host, hostname }: ClientRequestArgs): Socket | null {
  const to = host ?? hostname ?? ''
  if (!isMetadataAddress(to)) return null
  const socket = new Socket()
  process.nextTick(() => socket.destroy(refusedAddress(to, to)))
  return socket
}

/** Agents whose connections lead to no metadata address, whatever a name resolves to when they are made. */
export class RestrictedHttpAgent extends HttpAgent {
  override createConnection(options: ClientRequestArgs, callback?: Created): Duplex | null | undefined {
    return refusal(options) ?? super.createConnection({ ...options, lookup: restrictedLookup }, callback)
  }
}

export class RestrictedHttpsAgent extends HttpsAgent {
  override createConnection(options: ClientRequestArgs, callback?: Created): Duplex | null | undefined {
    return refusal(options) ?? super.createConnection({ ...options, lookup: restrictedLookup }, callback)
  }
}

/** Both, as the SDK's request handler takes them. */
export function restrictedAgents(options: AgentOptions): { httpAgent: HttpAgent; httpsAgent: HttpsAgent } {
  return { httpAgent: new RestrictedHttpAgent(options), httpsAgent: new RestrictedHttpsAgent(options) }
}
