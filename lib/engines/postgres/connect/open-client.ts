import type { Client } from 'pg'
import type { PostgresConnection } from '@/lib/contracts/engines/postgres'
import { RestrictedSocket } from '@/lib/network/restricted-socket'
import { errorCode, errorText } from '@/lib/engines/postgres/classify-error'
import { MessageSocket } from '@/lib/engines/postgres/replication/message-socket'
import { passwordFor, watchAuthentication } from './password-for'
import { PromptClient } from './prompt-client'
import { tlsOptions } from './tls'

const connectTimeoutMs = 10_000
/** A walsender sends its log in 128 KiB, and files in less (PostgreSQL's MAX_SEND_SIZE); what is longer is none. */
const replicationMessageBytes = 1 << 20

/** Who connects, and what for. */
export interface ClientOrder {
  connection: PostgresConnection
  /** Null: none was given. */
  password: string | null
  /** For commands of the replication protocol instead of SQL. */
  replication?: boolean
  /** Settings of the session, as options of its start (`-c name=value`): a walsender knows no SET. */
  options?: string
}

/**
 * A connection as the server gives it, with nothing asked and nothing set. Rejects within 10 s with what the driver or the server
 * said, not classified yet, or with the signal's reason. Closed when the signal is aborted.
 * `prefer` falls back to no TLS as libpq does: when the server has none, or lets us in only without.
 */
export async function openClient(order: ClientOrder, signal: AbortSignal): Promise<Client> {
  const { connection } = order
  const tls = tlsOptions(connection)
  try {
    return await open(order, tls, signal)
  } catch (error) {
    const noTls = errorText(error).includes('does not support SSL') || errorCode(error) === '28000'
    if (connection.ssl !== 'prefer' || !tls || !noTls) throw error
    return await open(order, null, signal)
  }
}

async function open(
  { connection, password, replication = false, options }: ClientOrder,
  tls: ReturnType<typeof tlsOptions>,
  signal: AbortSignal,
): Promise<Client> {
  signal.throwIfAborted()
  const client: PromptClient = new PromptClient(
    {
      host: connection.host,
      port: connection.port,
      database: connection.database,
      user: connection.user,
      // A function keeps `pg` from looking for a password in this process's environment or home.
      password: () => passwordFor(client, password),
      ssl: tls ?? false,
      stream: () => (replication && !tls ? new MessageSocket() : new RestrictedSocket()),
      application_name: 'holdfast',
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      // The system's two hours are longer than any firewall remembers an idle connection.
      keepAliveInitialDelayMillis: 60_000,
      // The driver knows it and its types do not.
      ...(replication ? { replication: 'true' } : {}),
      ...(options === undefined ? {} : { options }),
    },
    replication ? replicationMessageBytes : undefined,
  )
  watchAuthentication(client)
  // A connection that breaks while idle is reported by the next query; unheard, it would end the process.
  client.on('error', () => undefined)
  const onAbort = () => void client.end().catch(() => undefined)
  signal.addEventListener('abort', onAbort, { once: true })
  client.once('end', () => signal.removeEventListener('abort', onAbort))
  try {
    await opened(client, signal)
    return client
  } catch (error) {
    const ended = client.end().catch(() => undefined)
    // Of a connection that is not open yet the driver never reports the end.
    if (!signal.aborted) await ended
    throw error
  }
}

/** The driver forgets about a `connect` that is under way when the client is ended: it would never settle. */
function opened(client: Client, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(asError(signal.reason))
    signal.addEventListener('abort', onAbort, { once: true })
    const done = () => signal.removeEventListener('abort', onAbort)
    client
      .connect()
      .then(() => resolve(), reject)
      .finally(done)
  })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
