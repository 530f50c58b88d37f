import { Agent as HttpAgent, type AgentOptions, type ClientRequestArgs } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { isMetadataAddress } from '@/lib/core/network/is-metadata-address'
import { guardedLookup, refusedAddress } from './guarded-lookup'

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
export class GuardedHttpAgent extends HttpAgent {
  override createConnection(options: ClientRequestArgs, callback?: Created): Duplex | null | undefined {
    return refusal(options) ?? super.createConnection({ ...options, lookup: guardedLookup }, callback)
  }
}

export class GuardedHttpsAgent extends HttpsAgent {
  override createConnection(options: ClientRequestArgs, callback?: Created): Duplex | null | undefined {
    return refusal(options) ?? super.createConnection({ ...options, lookup: guardedLookup }, callback)
  }
}

/** Both, as the SDK's request handler takes them. */
export function guardedAgents(options: AgentOptions): { httpAgent: HttpAgent; httpsAgent: HttpsAgent } {
  return { httpAgent: new GuardedHttpAgent(options), httpsAgent: new GuardedHttpsAgent(options) }
}
