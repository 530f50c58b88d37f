import { availableParallelism } from 'node:os'
import type { Client } from 'pg'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { rolePasswords } from '@/lib/core/health/role-passwords'
import type { BackupSession } from '@/lib/ports/backup-method'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { RunContext } from '@/lib/ports/run-context'
import { assertNotRewritten } from './assert-not-rewritten'
import { budgetConnections } from '@/lib/engines/postgres/load/budget-connections'
import { catalogIn } from '@/lib/engines/postgres/inspect/catalog-in'
import { classifyQueryError, errorCode, errorText } from '@/lib/engines/postgres/classify-error'
import { connect, connectionOf } from '@/lib/engines/postgres/connect/connect'
import { dumpArchive, dumpData } from './dump-archive'
import { dumpGlobals, givenGlobals } from './dump-globals'
import { findClient } from '@/lib/engines/postgres/connect/find-client'
import { lockTables } from './lock-tables'
import { startLoadWatch } from '@/lib/engines/postgres/load/load-watch'
import { lockFindings } from '@/lib/engines/postgres/inspect/lock-findings'
import { gentleManners, usualManners } from '@/lib/engines/postgres/load/next-pace'
import { nameLocks } from './name-locks'
import { isPooled, poolerRefused } from '@/lib/engines/postgres/connect/pooler'
import { confirmStandby, type Endpoint, pickEndpoint } from '@/lib/engines/postgres/connect/pick-endpoint'
import { planParts, worthwhileBytes } from './plan-parts'
import { readAccess } from '@/lib/engines/postgres/inspect/read-access'
import { readTables } from './read-tables'
import {
  readContentFacts,
  readIdentity,
  readLocale,
  readPreload,
  readSystemIdentifier,
  type ServerIdentity,
} from '@/lib/engines/postgres/connect/server-facts'
import { isOption, readSession, type Settings, settingsToDump } from '@/lib/engines/postgres/connect/session-settings'
import { openToolEnv } from '@/lib/engines/postgres/connect/tool-env'
import { roleGap, unreadableRoles } from '@/lib/engines/postgres/inspect/unreadable-roles'
import { writeRoles } from './write-roles'
import { postgresOptions } from '@/lib/engines/postgres/connect/options'
import type { Measure } from '@/lib/contracts/repository/measure'

/** More would be unkind to a server that has other things to do. */
const mostStreamsByDefault = 4

/**
 * Holds one snapshot of the source in a connection of its own, from which both the facts and the dump are read.
 * Everything that would make the dump fail and can be known beforehand fails here, before a byte is written.
 */
export async function beginBackup(
  source: SourceSpec,
  run: RunContext,
  { attempt = 1 }: { attempt?: number } = {},
): Promise<BackupSession> {
  const endpoint = await pickEndpoint(source, run, { attempt })
  const holder = await connect(endpoint.source, run.signal)
  try {
    return await prepare(endpoint, holder, run)
  } catch (error) {
    const explained = await nameLocks(error, endpoint.source)
    await holder.end().catch(() => undefined)
    run.signal.throwIfAborted()
    throw endpoint.explain(classifyQueryError(explained))
  }
}

async function prepare(endpoint: Endpoint, holder: Client, run: RunContext): Promise<BackupSession> {
  const { source } = endpoint
  const warnings = [...endpoint.warnings]
  const identity = await readIdentity(holder)
  const client = await findClient(identity.major, identity.version)
  const access = await readAccess(holder, identity)
  const missing = access.findings.find((finding) => finding.severity === 'error')
  if (missing) {
    throw new HoldfastError('privilege-missing', missing.message, {
      remedy: [missing.remedy, missing.sql].filter(Boolean).join('\n'),
      facts: { unreadable: access.unreadable, sql: missing.sql },
    })
  }
  const locks = (await lockFindings(holder)).find((finding) => finding.severity === 'error')
  if (locks) throw new HoldfastError(locks.code, locks.message, locks.remedy ? { remedy: locks.remedy } : {})
  const unreadable = await unreadableRoles(holder)
  const snapshot = await holdSnapshot(holder, source, identity, warnings)
  const locale = await readLocale(holder, identity.versionNumber)
  const facts = await readContentFacts(holder)
  const session = await readSession(holder)
  const preload = await readPreload(holder)
  const systemIdentifier = await readSystemIdentifier(holder)
  const holdfastInstance = await catalogIn(holder)
  const withPasswords = !access.withheld.includes(rolePasswords)
  const roles =
    unreadable.length === 0
      ? null
      : await writeRoles(holder, { unreadable, withPasswords, serverMajor: identity.major, encoding: locale.encoding })
  const gaps = unreadable.map((role) => roleGap(role, locale.encoding))
  for (const gap of gaps) warnings.push(`Not in this backup: ${gap} of this database.`)
  for (const what of access.withheld) warnings.push(`Not in this backup, because the role is not shown it: ${what}.`)
  const databaseBytes = typeof facts.databaseBytes === 'number' ? facts.databaseBytes : 0
  const { streams, paced } = await divide(holder, source, { databaseBytes, shared: snapshot !== null }, warnings)
  const parts = planParts(streams > 1 ? await readTables(holder) : [], databaseBytes, streams)
  await lockTables(
    holder,
    parts.data.flatMap((part) => part.tables),
  )
  const explain = async (error: unknown) => endpoint.explain(await nameLocks(error, source))
  const settings = await settingsToDump(holder)
  await requireOptions(holder, source, settings)
  const env = await openToolEnv(source, { settings })
  const assertUnchanged = async () => {
    if (snapshot) await assertNotRewritten(holder)
  }
  const { gentle } = source.options
  const guard = paced ? await startLoadWatch(source, gentle ? gentleManners : usualManners, run) : null
  if (gentle) warnings.push(...(guard?.warnings ?? []))
  const toolWarnings: string[] = []
  const warn = (text: string) => {
    if (!toolWarnings.includes(text)) toolWarnings.push(text)
  }
  const plan = { source, client, env, snapshot, explain, warn, assertUnchanged, guard }
  run.logger.info('backup prepared', { serverVersion: identity.version, client: client.version, snapshot })
  return {
    kind: 'logical',
    engineVersion: identity.version,
    tool: { name: 'pg_dump', version: client.version },
    identity: systemIdentifier === null ? String(identity.major) : `${identity.major}/${systemIdentifier}`,
    label: connectionOf(source).database,
    measures: measuresOf(facts),
    facts: {
      serverMajor: identity.major,
      systemIdentifier,
      standby: identity.standby,
      ...endpoint.facts,
      ...locale,
      ...facts,
      session,
      preload,
      withheld: [...access.withheld, ...gaps],
      ...(holdfastInstance === null ? {} : { holdfastInstance }),
    },
    warnings,
    withheld: [...access.withheld, ...gaps],
    toolWarnings,
    parts: [
      roles ? givenGlobals(roles) : dumpGlobals(plan, withPasswords),
      dumpArchive(plan, parts),
      ...parts.data.map((part, index) => dumpData(plan, part, index + 1)),
    ],
    confirm: async () => {
      await endpoint.confirm(run.signal)
      if (identity.standby) await confirmStandby(holder)
    },
    close: async () => {
      await guard?.stop()
      await holder.end().catch(() => undefined)
      await env.close()
    },
  }
}

/** The tools set what they need by options of the connection, which poolers refuse or, worse, ignore. */
async function requireOptions(holder: Client, source: SourceSpec, settings: Settings): Promise<void> {
  const names = Object.keys(settings).filter(isOption)
  if (names.length === 0 || !(await isPooled(holder))) return
  throw poolerRefused(
    `a dump has to set ${names.join(', ')} for its session, which it does not pass on`,
    connectionOf(source),
  )
}

/** The snapshot's and the roles'. */
const otherConnections = 2

/**
 * Streams, one connection each as far as the server has them, and whether one more looks at the server's load. A small
 * database is over before a look would change anything.
 */
async function divide(
  holder: Client,
  source: SourceSpec,
  { databaseBytes, shared }: { databaseBytes: number; shared: boolean },
  warnings: string[],
): Promise<{ streams: number; paced: boolean }> {
  const options = postgresOptions(source)
  if (options.gentle) return { streams: 1, paced: true }
  const large = databaseBytes >= worthwhileBytes
  const chosen = large ? Math.min(availableParallelism(), mostStreamsByDefault) : 1
  // Streams of different moments would not fit together.
  const wanted = shared ? (options.parallelism ?? chosen) : 1
  const looking = large && !options.fullSpeed ? 1 : 0
  const { maxConnections } = options
  const budget = await budgetConnections(holder, { wanted: wanted + looking + otherConnections, maxConnections })
  warnings.push(...budget.warnings)
  const available = Math.max(1, budget.connections - otherConnections)
  const paced = looking > 0 && available > 1
  return { streams: paced ? available - 1 : available, paced }
}

async function holdSnapshot(
  holder: Client,
  source: SourceSpec,
  identity: ServerIdentity,
  warnings: string[],
): Promise<string | null> {
  // The transaction stays open for as long as the backup takes: the server's limits for idle ones must not end it.
  await holder.query(
    `SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = ${postgresOptions(source).lockTimeoutMs}`,
  )
  if (identity.major >= 17) await holder.query('SET transaction_timeout = 0')
  await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  try {
    const { rows } = await holder.query<{ id: string }>('SELECT pg_export_snapshot() AS id')
    return rows[0]?.id ?? null
  } catch (error) {
    if (errorCode(error) === '') throw error
    await holder.query('ROLLBACK; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    warnings.push(
      `The server did not share its snapshot (${errorText(error)}); sizes may be of another moment than the data.`,
    )
    return null
  }
}

function measuresOf({ rowEstimate, tableCount }: Record<string, unknown>): Measure[] {
  const measures: Measure[] = []
  if (typeof rowEstimate === 'number' && rowEstimate >= 0)
    measures.push({ name: 'rows', of: 'items', unit: 'count', value: Math.round(rowEstimate) })
  if (typeof tableCount === 'number')
    measures.push({ name: 'tables', of: 'containers', unit: 'count', value: tableCount })
  return measures
}
