import { randomUUID } from 'node:crypto'
import type { Client } from 'pg'
import type { PostgresConnection } from '@/lib/contracts/engines/postgres'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { errorText } from '@/lib/engines/postgres/classify-error'

const waitMs = 3_000
const tries = 3
/** Taken at once, to get one of them again. */
const mostSessions = 8

/** PostgreSQL tells each client the number of its process. A pooler makes one up: the process is not the client's own. */
export async function isPooled(client: Client): Promise<boolean> {
  const process = await processOf(client)
  return process !== null && process !== announced(client)
}

/**
 * Refuses a pooler that shares its sessions with others. What pg_dump and Holdfast set for a session would stay on a connection
 * that an application gets next, and its queries would fail or answer something else. Nothing is set before this is known.
 * `another` opens one more connection by the same way. Throws `pooler-refused`.
 */
export async function requireOwnSession(
  client: Client,
  another: () => Promise<Client>,
  { host, port }: Pick<PostgresConnection, 'host' | 'port'>,
): Promise<void> {
  const reason = (await sharedBy(client, another)) ?? (await leftBehind(another))
  if (reason !== null) throw poolerRefused(reason, { host, port })
}

export function poolerRefused(
  reason: string,
  { host, port }: Pick<PostgresConnection, 'host' | 'port'>,
): HoldfastError {
  return new HoldfastError('pooler-refused', `${host}:${port} is a connection pooler (such as PgBouncer): ${reason}.`, {
    remedy:
      'Enter the host and port of PostgreSQL itself, usually port 5432. Where there is no way around the pooler, give Holdfast a database there with pool_mode = session and server_reset_query = DISCARD ALL.',
    facts: { host, port },
  })
}

/** Why the session is shared while the connection lasts; null: it is not. */
async function sharedBy(client: Client, another: () => Promise<Client>): Promise<string | null> {
  const first = await processOf(client)
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const other = await another()
    try {
      await inTime(other.query('BEGIN'))
      if ((await inTime(processOf(other))) === first) return 'two connections get the same session, one after the other'
      if ((await inTime(processOf(client))) !== first) return 'one connection gets several sessions in turn'
      // A pooler closes a session that is left inside a transaction, and an application's next query waits for a new one.
      await inTime(other.query('ROLLBACK'))
    } catch (error) {
      return `whether a session is shared with others could not be found out (${errorText(error)})`
    } finally {
      await other.end().catch(() => undefined)
    }
  }
  return null
}

/**
 * Why a session is not as new when the next one gets it; null: it is. A pool need not give the same session out again at
 * once: several are taken until it comes, or is known to have ended.
 */
async function leftBehind(another: () => Promise<Client>): Promise<string | null> {
  const name = 'holdfast.left_behind'
  const mark = randomUUID()
  const taken: Client[] = []
  try {
    const first = await another()
    taken.push(first)
    // In one query: the next one may already get another session.
    const marked = await inTime(
      first.query<{ pid: number }>('SELECT pg_backend_pid() AS pid, set_config($1, $2, false)', [name, mark]),
    )
    const process = marked.rows[0]?.pid ?? null
    await first.end()
    for (let attempt = 0; attempt < mostSessions; attempt += 1) {
      const next = await another()
      taken.push(next)
      const { rows } = await inTime(
        next.query<{ pid: number; mark: string | null; lives: boolean }>(
          `SELECT pg_backend_pid() AS pid, current_setting($1, true) AS mark,
                  EXISTS (SELECT FROM pg_stat_activity WHERE pid = $2) AS lives`,
          [name, process],
        ),
      )
      const [found] = rows
      if (!found?.lives || (found.pid === process && found.mark !== mark)) return null
      if (found.pid !== process) continue
      await next.query("SELECT set_config($1, '', false)", [name])
      return 'what is set in a session is still there for the next one that gets it'
    }
    return 'whether what is set in a session stays there cannot be told'
  } catch (error) {
    return `whether what is set in a session stays there cannot be told (${errorText(error)})`
  } finally {
    for (const client of taken) await client.end().catch(() => undefined)
  }
}

async function processOf(client: Client): Promise<number | null> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return rows[0]?.pid ?? null
}

/** The driver has it and its types do not. */
function announced(client: Client): number | null {
  const value: unknown = 'processID' in client ? client.processID : null
  return typeof value === 'number' ? value : null
}

function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no session became free in time')), waitMs)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
