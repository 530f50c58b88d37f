import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from 'pg'
import type { Check } from '@/lib/contracts/backup'
import { errorText } from '@/lib/engines/postgres/classify-error'
import { checkAssertions } from '@/lib/engines/postgres/logical/prove/check-assertions'
import { checkCriticalTables } from '@/lib/engines/postgres/logical/prove/check-critical-tables'
import { checkIndexes } from '@/lib/engines/postgres/logical/prove/deep-checks'
import type { Expectations } from '@/lib/engines/postgres/logical/prove/expectations'
import type { RecoveredServer } from '@/lib/engines/postgres/recovery/recover'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { BaseFacts } from '../base-facts'
import { type OpenedDatabases, openDatabases } from './databases'
import { Findings, ServerEnded } from './findings'
import { checkHeap } from './heap'
import { inDatabase } from '@/lib/engines/postgres/physical/restore/own-session'
import { checkPresence } from './presence'
import { checkReadable } from './readable'
import { readRelations, type Relation } from './relations'
import { isGone, isServerDamage, serverBroke } from './server-damage'

interface Input {
  recovered: Pick<RecoveredServer, 'source' | 'crash'>
  facts: BaseFacts
  level: 'standard' | 'comprehensive'
  expectations: Expectations
  /** Filled with what was found. */
  evidence: Record<string, unknown>
}

const lastWordsMs = 5_000

const isTable = ({ kind }: Relation) => kind === 'r' || kind === 'm' || kind === 't'

/** Looks at every database of a recovered server, and asks the source's what its administrator wrote. */
export async function checkRecovered(input: Input, run: RunContext): Promise<Check[]> {
  const { recovered, facts, level, expectations, evidence } = input
  const server = recovered.source
  const { serverMajor } = facts
  const deep = level === 'comprehensive'
  const phase = (name: string) => run.progress({ phase: name, doneBytes: 0 })
  phase('opening the databases')
  const databases = await openDatabases(server, run).catch((error: unknown) => {
    throw error instanceof ServerEnded ? serverBroke(error.cause) : error
  })
  const catalogs = new Findings('catalogs-readable', 'What such a catalog describes cannot be used')
  const relations = new Findings('relations-present', 'Their rows are lost, as far as nothing else has them')
  const rows = new Findings('rows-readable', 'A dump of the database fails at such a table')
  const indexes = new Findings('indexes-sound', 'REINDEX makes such an index anew, once its table is sound')
  const heap = new Findings('heap-sound', 'Rows are lost or wrong there')
  let count = 0

  const look = async (client: Client, database: string) => {
    const found = await readRelations(client)
    count += found.length
    const of = { database, serverMajor, relations: found }
    const tables = found.filter(isTable)
    phase(`reading the catalogs of ${database}`)
    await checkReadable(client, { ...of, relations: tables.filter(({ isCatalog }) => isCatalog) }, catalogs, run.signal)
    phase(`looking at the relations of ${database}`)
    await checkPresence(client, of, relations, run.signal)
    if (!deep) return
    phase(`checking the tables of ${database}`)
    const damaged = await checkHeap(client, { ...of, relations: tables }, heap, run.signal)
    phase(`reading the rows of ${database}`)
    const others = tables.filter(({ isCatalog }) => !isCatalog)
    // A server that reads rows without a sound structure may crash, and would tell nothing about the other tables.
    for (const { name } of others.filter(({ oid }) => damaged.has(oid)))
      rows.open(`${name} in ${database}, whose structure is damaged`)
    await checkReadable(client, { ...of, relations: others.filter(({ oid }) => !damaged.has(oid)) }, rows, run.signal)
    phase(`checking the indexes of ${database}`)
    indexes.merge(database, await checkIndexes(client, serverMajor, run.signal, { catalogs: true }))
    await client.query('SELECT').catch((error: unknown) => indexes.failed(`the indexes of ${database}`, error))
  }
  const lookAtAll = async () => {
    for (const database of databases.open) {
      run.signal.throwIfAborted()
      // Without its own catalogs a database cannot even be asked what it has.
      await inDatabase(server, database, run, (client) => look(client, database)).catch((error: unknown) => {
        run.signal.throwIfAborted()
        catalogs.failed(database, error)
      })
    }
  }
  const crash = await lookAtAll().then(
    () => null,
    (error: unknown) => crashBy(error, recovered, run),
  )
  evidence.databases = databases.all.length
  evidence.relations = count
  const all = [catalogs, relations, ...(deep ? [rows, indexes, heap] : [])]
  if (crash !== null) {
    evidence.crash = crash.line
    crash.findings.damaged(`${crash.what}: the server crashed when it read this (${crash.line})`)
    for (const findings of all.filter((each) => each !== crash.findings))
      findings.open('what was left when the server crashed')
  }
  return [
    databases.check,
    ...all.map((findings) => findings.check()),
    ...(await checkExpectations({ server, facts, expectations, databases, deep, hasCrashed: crash !== null }, run)),
  ]
}

/** A crash by what was read is a finding; an end for any other reason says nothing about it. */
async function crashBy(error: unknown, { crash }: Input['recovered'], run: RunContext) {
  run.signal.throwIfAborted()
  if (!(error instanceof ServerEnded)) throw error
  // The session ends a moment before the server says why.
  for (let waitedMs = 0; crash() === null && waitedMs < lastWordsMs; waitedMs += 50)
    await delay(50, undefined, { signal: run.signal })
  const line = crash()
  if (line === null) throw serverBroke(error.cause)
  return { line, findings: error.findings, what: error.what }
}

/** In the database that the source names. */
async function checkExpectations(
  input: Pick<Input, 'facts' | 'expectations'> & {
    server: SourceSpec
    databases: OpenedDatabases
    deep: boolean
    hasCrashed: boolean
  },
  run: RunContext,
): Promise<Check[]> {
  const { server, facts, expectations, databases, deep, hasCrashed } = input
  const { criticalTables } = expectations
  const assertions = deep ? expectations.assertions : []
  const { serverMajor, session, database } = facts
  const asked = [
    ...criticalTables.map((table) => ({ name: 'critical-table', what: table })),
    ...assertions.map(({ name }) => ({ name: 'sql-assertion', what: name })),
  ]
  if (!databases.open.includes(database)) {
    const isThere = databases.all.includes(database)
    const why = isThere
      ? 'cannot be opened'
      : 'is not in the recovered server: it was dropped or renamed before the target'
    return asked.map(({ name, what }) => ({
      ...{ name, verdict: isThere ? 'inconclusive' : 'failed', detail: `${what}: the database ${database} ${why}.` },
    }))
  }
  if (hasCrashed)
    return asked.map(({ name, what }) => ({
      name,
      verdict: 'inconclusive',
      detail: `${what}: the server crashed before.`,
    }))
  run.progress({ phase: 'asking the assertions', doneBytes: 0 })
  try {
    const tables = await inDatabase(server, database, run, (client) =>
      checkCriticalTables(client, criticalTables, run.signal),
    )
    return [...tables, ...(await checkAssertions({ sandbox: server, serverMajor, database, assertions, session }, run))]
  } catch (error) {
    run.signal.throwIfAborted()
    if (isGone(error)) throw serverBroke(error)
    if (!isServerDamage(error)) throw error
    return asked.map(({ name, what }) => ({ name, verdict: 'inconclusive', detail: `${what}: ${errorText(error)}` }))
  }
}
