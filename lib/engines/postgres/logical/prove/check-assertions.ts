import { randomBytes } from 'node:crypto'
import type { ClientBase } from 'pg'
import type { Check } from '@/lib/contracts/backup'
import type { SqlAssertion } from '@/lib/contracts/engines/common'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { RunContext } from '@/lib/ports/run-context'
import { errorCode, errorText } from '@/lib/engines/postgres/classify-error'
import { withConnection } from '@/lib/engines/postgres/connect/connect'
import { quoteIdentifier } from '@/lib/engines/postgres/connect/quote'
import { type Settings, settingsToAsk, takeSettings } from '@/lib/engines/postgres/connect/session-settings'

const defaultTimeoutMs = 60_000
/** Answers are quoted in checks and in the evidence. */
const shownText = 1_000
const queryCanceled = '57014'
/** The first version with the role `pg_read_all_data`. */
const readAllDataVersion = 14

interface Input {
  sandbox: SourceSpec
  serverMajor: number
  database: string
  assertions: SqlAssertion[]
  /** What a session of the source's begins with. */
  session: Settings
  /** Of each question; a minute when absent. */
  timeoutMs?: number
}

/**
 * Asks the restored database what the source's administrator wrote: each question in a read-only transaction of a role
 * that may read and do nothing else, in a session with the settings of the source's. A wrong answer fails; a question that cannot be answered decides nothing.
 */
export async function checkAssertions(input: Input, run: RunContext): Promise<Check[]> {
  if (input.assertions.length === 0) return []
  const user = await makeReader(input, run)
  const timeoutMs = input.timeoutMs ?? defaultTimeoutMs
  const asReader = { ...input.sandbox, connection: { ...input.sandbox.connection, user } }
  const checks: Check[] = []
  for (const assertion of input.assertions) {
    run.signal.throwIfAborted()
    // A connection each: what one question sets for its session is no matter of the next.
    checks.push(
      await withConnection(
        asReader,
        run.signal,
        (client) => ask(client, assertion, input.session, timeoutMs),
        input.database,
      ),
    )
    run.signal.throwIfAborted()
  }
  return checks
}

/** Before version 14 no role can read everything without being superuser. */
async function makeReader(input: Input, run: RunContext): Promise<string> {
  if (input.serverMajor < readAllDataVersion) return String(input.sandbox.connection['user'])
  const name = `holdfast_reader_${randomBytes(6).toString('hex')}`
  await withConnection(
    input.sandbox,
    run.signal,
    async (admin) => {
      const role = quoteIdentifier(name)
      // As a setting of the database it is for those who use it.
      await admin.query('SET default_transaction_read_only = off')
      // Row security would hide rows from it, and a hidden row looks like a lost one.
      await admin.query(`CREATE ROLE ${role} LOGIN NOSUPERUSER BYPASSRLS`)
      await admin.query(`GRANT pg_read_all_data TO ${role}`)
      await admin.query(`GRANT CONNECT ON DATABASE ${quoteIdentifier(input.database)} TO ${role}`)
    },
    input.database,
  )
  return name
}

async function ask(client: ClientBase, assertion: SqlAssertion, session: Settings, timeoutMs: number): Promise<Check> {
  const asked = `Asked: ${assertion.sql}`
  const about = { name: 'sql-assertion', expected: assertion.expected }
  try {
    await takeSettings(client, await settingsToAsk(client, session, timeoutMs))
    const rows = await answer(client, assertion.sql)
    const actual = rows.length === 1 ? (rows[0]?.[0] ?? 'NULL') : rows.length === 0 ? 'no row' : 'more than one row'
    if (rows.length === 1 && rows[0]?.[0] === assertion.expected) {
      return { ...about, verdict: 'passed', actual, detail: `${assertion.name}. ${asked}` }
    }
    return {
      ...about,
      verdict: 'failed',
      actual: actual.slice(0, shownText),
      detail:
        `${assertion.name}: the restored database answers "${actual.slice(0, shownText)}" where "${assertion.expected}" was expected. ` +
        `Either the data was already so when it was backed up, or what is expected is out of date. ${asked}`,
    }
  } catch (error) {
    const reason =
      errorCode(error) === queryCanceled ? `it took longer than ${timeoutMs / 1_000} seconds` : errorText(error)
    return {
      ...about,
      verdict: 'inconclusive',
      detail: `${assertion.name}: the question could not be answered: ${reason}. ${asked}`,
    }
  }
}

/** At most two rows, each value as the server writes it as text. */
async function answer(client: ClientBase, sql: string): Promise<(string | null)[][]> {
  await client.query('BEGIN READ ONLY')
  // The extended protocol takes one statement only, and a cursor takes only what reads: nothing can end the transaction.
  const declare = { text: `DECLARE holdfast_answer NO SCROLL CURSOR FOR ${sql}`, queryMode: 'extended' }
  await client.query(declare)
  const { rows } = await client.query<(string | null)[]>({
    text: 'FETCH FORWARD 2 FROM holdfast_answer',
    rowMode: 'array',
    types: { getTypeParser: () => (value: unknown) => (value === null ? null : String(value)) },
  })
  await client.query('ROLLBACK')
  return rows
}
