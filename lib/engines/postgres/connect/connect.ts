import type { Client } from 'pg'
import type { PostgresConnection } from '@/lib/contracts/engines/postgres'
import { postgresConnectionSchema } from '@/lib/contracts/engines/postgres'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { RestrictedSocket } from '@/lib/network/restricted-socket'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { classifyConnectError, errorCode, errorText } from '@/lib/engines/postgres/classify-error'
import { isReadable } from './decode-text'
import { passwordFor, watchAuthentication } from './password-for'
import { isPooled, requireOwnSession } from './pooler'
import { PromptClient } from './prompt-client'
import { readEncoding } from './server-facts'
import { liftLimits } from './session-settings'
import { tlsOptions } from './tls'
import { passwordOf } from './options'

const connectTimeoutMs = 10_000

export function connectionOf(source: SourceSpec): PostgresConnection {
  return postgresConnectionSchema.parse(source.connection)
}

/**
 * An open connection. Rejects with a classified HoldfastError within 10 s, or with the signal's reason.
 * `prefer` falls back to no TLS as libpq does: when the server has none, or lets us in only without.
 */
export async function connect(source: SourceSpec, signal: AbortSignal, database?: string): Promise<Client> {
  const own = connectionOf(source)
  const connection = database === undefined ? own : { ...own, database }
  const tls = tlsOptions(connection)
  const another = async () => {
    try {
      return await open(connection, passwordOf(source), tls, signal)
    } catch (error) {
      const noTls = errorText(error).includes('does not support SSL') || errorCode(error) === '28000'
      if (connection.ssl !== 'prefer' || !tls || !noTls) throw error
      return await open(connection, passwordOf(source), null, signal)
    }
  }
  try {
    const client = await another()
    try {
      // Before anything is set: on a shared session it would stay there for an application.
      if (await isPooled(client)) await requireOwnSession(client, another, connection)
      await speakItsBytes(client)
      await liftLimits(client)
      return client
    } catch (error) {
      await client.end().catch(() => undefined)
      throw error
    }
  } catch (error) {
    signal.throwIfAborted()
    throw classifyConnectError(error, connection)
  }
}

async function open(
  connection: PostgresConnection,
  secret: string | null,
  tls: ReturnType<typeof tlsOptions>,
  signal: AbortSignal,
): Promise<Client> {
  signal.throwIfAborted()
  const client: PromptClient = new PromptClient({
    host: connection.host,
    port: connection.port,
    database: connection.database,
    user: connection.user,
    // A function keeps `pg` from looking for a password in this process's environment or home.
    password: () => passwordFor(client, secret),
    ssl: tls ?? false,
    stream: () => new RestrictedSocket(),
    application_name: 'holdfast',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    // The system's two hours are longer than any firewall remembers an idle connection.
    keepAliveInitialDelayMillis: 60_000,
  })
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

/** Where nothing here reads the database's encoding, the server sends and takes its bytes, and converts nothing. */
async function speakItsBytes(client: Client): Promise<void> {
  const encoding = await readEncoding(client)
  if (!isReadable(encoding)) await client.query("SELECT set_config('client_encoding', $1, false)", [encoding])
}

/** Runs with a connection that is closed afterwards, whatever happens. */
export async function withConnection<T>(
  source: SourceSpec,
  signal: AbortSignal,
  work: (client: Client) => Promise<T>,
  database?: string,
): Promise<T> {
  const client = await connect(source, signal, database)
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Databases that a server normally has, for work that is about the server. */
const maintenanceDatabases = ['postgres', 'template1']

/**
 * A connection for statements about databases. The source's own database is tried first, because a role may be let into
 * no other; it may be the very one that is lost and to be restored, so others follow.
 */
export async function withMaintenance<T>(
  source: SourceSpec,
  signal: AbortSignal,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connectMaintenance(source, signal)
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function connectMaintenance(source: SourceSpec, signal: AbortSignal): Promise<Client> {
  try {
    return await connect(source, signal)
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'no-such-database') throw error
    for (const database of maintenanceDatabases) {
      const client = await connect(source, signal, database).catch(() => null)
      if (client) return client
    }
    signal.throwIfAborted()
    throw error
  }
}
