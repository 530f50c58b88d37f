import type { Client } from 'pg'
import type { PostgresConnection } from '@/lib/contracts/engines/postgres'
import { postgresConnectionSchema } from '@/lib/contracts/engines/postgres'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { classifyConnectError } from '@/lib/engines/postgres/classify-error'
import { isReadable } from './decode-text'
import { openClient } from './open-client'
import { isPooled, requireOwnSession } from './pooler'
import { readEncoding } from './server-facts'
import { liftLimits } from './session-settings'
import { passwordOf } from './options'

export function connectionOf(source: SourceSpec): PostgresConnection {
  return postgresConnectionSchema.parse(source.connection)
}

/** An open connection, as `openClient` makes it. Rejects with a classified HoldfastError within 10 s, or with the signal's reason. */
export async function connect(source: SourceSpec, signal: AbortSignal, database?: string): Promise<Client> {
  const own = connectionOf(source)
  const connection = database === undefined ? own : { ...own, database }
  const another = () => openClient({ connection, password: passwordOf(source) }, signal)
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

/** Where nothing here reads the database's encoding, the server sends and takes its bytes, and converts nothing. */
export async function speakItsBytes(client: Client): Promise<void> {
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
