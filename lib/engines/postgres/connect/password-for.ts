import { TLSSocket } from 'node:tls'
import type { Client } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { isLoopback } from '@/lib/core/network/is-loopback'

/** How a server had us prove who we are: in clear text, by an MD5 hash, by SCRAM; `none` when it asked for nothing. */
export type Authentication = 'clear-text' | 'md5' | 'scram' | 'none'

const asked = new WeakMap<Client, Authentication>()

/** Remembers what the server asks for. To be called before the client connects: it must hear it before the driver does. */
export function watchAuthentication(client: Client): void {
  const hear = (event: string, method: Authentication) => client.connection.on(event, () => asked.set(client, method))
  hear('authenticationCleartextPassword', 'clear-text')
  hear('authenticationMD5Password', 'md5')
  hear('authenticationSASL', 'scram')
}

export function authenticationOf(client: Client): Authentication {
  return asked.get(client) ?? 'none'
}

/** True while nobody on a network can read along: TLS, a Unix socket, or a connection that really ends on this machine. */
export function isPrivate(client: Client): boolean {
  const { stream } = client.connection
  if (isEncrypted(client) || client.host.startsWith('/')) return true
  return 'remoteAddress' in stream && typeof stream.remoteAddress === 'string' && isLoopback(stream.remoteAddress)
}

export function isEncrypted(client: Client): boolean {
  return client.connection.stream instanceof TLSSocket
}

/**
 * What is answered to a server that asks for the password; the driver makes a hash or a proof of it where it may. Throws
 * `clear-text-refused` when it would go over a network as it is. Over loopback it may: who reads along there is
 * administrator of this machine and can read the password anyhow.
 */
export function passwordFor(client: Client, secret: string | null): string {
  if (secret !== null && authenticationOf(client) === 'clear-text' && !isPrivate(client)) throw clearTextRefused(client)
  return secret ?? ''
}

function clearTextRefused({ host, port, user }: Client): HoldfastError {
  return new HoldfastError(
    'clear-text-refused',
    `The server at ${host}:${port} asks for the password of ${user} in clear text over a connection that is not encrypted. It was not sent.`,
    {
      remedy:
        'Choose the TLS mode "verify-full" (the server must have ssl = on), or let the server ask for scram-sha-256 instead of password in pg_hba.conf and set the password anew.',
      facts: { host, port, user },
    },
  )
}
