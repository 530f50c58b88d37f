import { isIP } from 'node:net'
import type { PostgresConnection } from '@/lib/contracts/engines/postgres'
import { isLoopback } from '@/lib/core/network/is-loopback'
import { resolveRestricted } from '@/lib/network/restricted-lookup'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { classifyConnectError } from '@/lib/engines/postgres/classify-error'
import { withConnection } from './connect'
import { isEncrypted } from './password-for'
import { passwordOf } from './options'

/**
 * How a libpq tool finds its server. The name was resolved and its addresses checked here, and the tool connects to these
 * and no other, so that an answer of the name service that changes meanwhile leads nowhere; the name stays what
 * `verify-full` compares with. libpq takes as many names as addresses, and tries them one after the other.
 */
export async function toolAddress(
  source: SourceSpec,
  connection: PostgresConnection,
  database: string,
): Promise<Record<string, string>> {
  const { host, ssl } = connection
  if (host.startsWith('/')) return { PGHOST: host, PGSSLMODE: 'disable' }
  const addresses = await addressesOf(connection)
  const named: Record<string, string> = isIP(host)
    ? { PGHOST: host }
    : { PGHOST: addresses.map(() => host).join(','), PGHOSTADDR: addresses.join(',') }
  const mayBeOpen = (ssl === 'disable' || ssl === 'prefer') && !addresses.every(isLoopback)
  if (passwordOf(source) === null || !mayBeOpen) return { ...named, PGSSLMODE: ssl }
  // The server is asked before any tool is: one that wants the password in clear text is refused here. With `prefer`
  // the tool takes what we got, so that nobody in between can talk it out of TLS.
  const encrypted = await withConnection(
    source,
    AbortSignal.timeout(checkMs),
    (client) => Promise.resolve(isEncrypted(client)),
    database,
  )
  if (encrypted) return { ...named, PGSSLMODE: 'require' }
  // Known from libpq 16 on, ignored before: then only what we saw a moment ago stands against a server that changes.
  return { ...named, PGSSLMODE: 'disable', PGREQUIREAUTH: '!password' }
}

const checkMs = 15_000

async function addressesOf(connection: PostgresConnection): Promise<string[]> {
  try {
    return (await resolveRestricted(connection.host)).map(({ address }) => address)
  } catch (error) {
    throw classifyConnectError(error, connection)
  }
}
