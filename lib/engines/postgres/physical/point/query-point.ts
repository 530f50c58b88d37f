import type { Client, QueryArrayConfig, QueryArrayResult } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { errorCode, errorText } from '@/lib/engines/postgres/classify-error'
import type { PointAnswer, PointQuery } from '@/lib/ports/recovery-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { inDatabase } from '@/lib/engines/postgres/physical/restore/own-session'

/** Statements that a cursor is opened for, so that no more rows are made than are shown. */
const withCursor = new Set(['select', 'with', 'values', 'table'])
const others = new Set(['show', 'explain'])
/** Between two looks at how much it is by now. */
const rowsAtOnce = 50

const first = /^(?:\s|--[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/)*([a-z]+)/i

const readOnly = '25006'
const cancelled = '57014'

/**
 * Runs one statement in a session of its own, in a transaction that only reads. The extended protocol takes no second statement, so nothing
 * ends that transaction from within.
 */
export async function queryPoint(
  server: SourceSpec,
  query: PointQuery & { database: string; searchPath: string },
  run: RunContext,
): Promise<PointAnswer> {
  const word = first.exec(query.sql)?.[1]?.toLowerCase() ?? ''
  if (!withCursor.has(word) && !others.has(word)) throw notRead(word)
  try {
    return await inDatabase(server, query.database, run, async (client) => {
      const settings = { statement_timeout: String(query.limits.ms), search_path: query.searchPath }
      for (const [name, value] of Object.entries(settings))
        await client.query('SELECT set_config($1, $2, false)', [name, value])
      await client.query('BEGIN TRANSACTION READ ONLY')
      return withCursor.has(word) ? fetchRows(client, query) : showAll(client, query)
    })
  } catch (error) {
    run.signal.throwIfAborted()
    throw failed(error, query)
  }
}

async function fetchRows(client: Client, { sql, limits }: PointQuery): Promise<PointAnswer> {
  await ask(client, `DECLARE holdfast_look NO SCROLL CURSOR FOR ${sql.replace(/[;\s]+$/, '')}`)
  const answer: PointAnswer = { columns: [], rows: [], truncated: false }
  let bytes = 0
  for (;;) {
    const { fields, rows } = await ask(client, `FETCH FORWARD ${rowsAtOnce} FROM holdfast_look`)
    answer.columns = fields.map(({ name }) => name)
    bytes = addRows(answer, rows, limits, bytes)
    if (answer.truncated || rows.length < rowsAtOnce) return answer
  }
}

async function showAll(client: Client, { sql, limits }: PointQuery): Promise<PointAnswer> {
  const { fields, rows } = await ask(client, sql)
  const answer: PointAnswer = { columns: fields.map(({ name }) => name), rows: [], truncated: false }
  addRows(answer, rows, limits, 0)
  return answer
}

/** As many as the limits allow; the bytes of all by now. */
function addRows(answer: PointAnswer, rows: PointAnswer['rows'], limits: PointQuery['limits'], before: number): number {
  let bytes = before
  for (const row of rows) {
    bytes += row.reduce((sum, value) => sum + (value === null ? 0 : Buffer.byteLength(value)), 0)
    answer.truncated = answer.rows.length >= limits.rows || bytes > limits.bytes
    if (answer.truncated) break
    answer.rows.push(row)
  }
  return bytes
}

function ask(client: Client, text: string): Promise<QueryArrayResult<(string | null)[]>> {
  const asText = { getTypeParser: () => (value: string) => value }
  const config: QueryArrayConfig & { queryMode: 'extended' } = {
    ...{ text, rowMode: 'array', queryMode: 'extended' },
    types: asText,
  }
  return client.query<(string | null)[]>(config)
}

function failed(error: unknown, { limits }: PointQuery): HoldfastError {
  const code = errorCode(error)
  if (code === readOnly) return writes(error)
  if (code === cancelled) {
    return new HoldfastError('query-failed', `The statement took longer than ${limits.ms / 1_000} seconds.`, {
      remedy: 'Ask for less at once, such as the rows of one key.',
      cause: error,
    })
  }
  return new HoldfastError('query-failed', errorText(error), { facts: { sqlState: code }, cause: error })
}

function notRead(what: string, cause?: unknown): HoldfastError {
  const found = what === '' ? '' : `, and this begins with ${what.toUpperCase()}`
  return new HoldfastError('query-refused', `A look takes one statement that reads${found}.`, {
    remedy: 'Begin with SELECT, WITH, VALUES, TABLE, SHOW or EXPLAIN.',
    cause,
  })
}

const writes = (cause: unknown) =>
  new HoldfastError('query-refused', `The statement writes: ${errorText(cause)}.`, {
    remedy: 'A look only reads. To change something, take the database into a target.',
    cause,
  })
