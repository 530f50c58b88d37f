import type { Client } from 'pg'
import { join } from 'node:path'
import type { Failure } from '@/lib/contracts/common'
import type { PostgresConnection } from '@/lib/contracts/engines/postgres'
import { type Finding, type Inspection, tlsOfferSchema } from '@/lib/contracts/source'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { RunContext } from '@/lib/ports/run-context'
import { catalogIn } from './inspect/catalog-in'
import { classifyQueryError } from './classify-error'
import { clientFindings } from './inspect/client-findings'
import { connectionFindings } from './inspect/connection-findings'
import { connectionOf, withConnection } from './connect/connect'
import { findClient } from './connect/find-client'
import { lockFindings } from './inspect/lock-findings'
import { readAccess } from './inspect/read-access'
import { databaseBytes, readEncoding, readIdentity, type ServerIdentity } from './connect/server-facts'
import { transitFindings } from './inspect/transit-findings'
import { unreadableRoleFindings, unreadableRoles } from './inspect/unreadable-roles'

/** Below the 15 s that a test of a connection may take in all. */
const statementTimeoutMs = 8_000
const limitMs = 14_000

/** Test connection: what a backup would meet. Trouble is an answer; only an abort throws. */
export async function inspect(source: SourceSpec, run: RunContext): Promise<Inspection> {
  const limit = AbortSignal.timeout(limitMs)
  const signal = AbortSignal.any([run.signal, limit])
  try {
    return await withConnection(source, signal, (client) => look(client, connectionOf(source)))
  } catch (error) {
    run.signal.throwIfAborted()
    const failure = limit.aborted
      ? new HoldfastError('host-unreachable', `The server did not answer within ${limitMs / 1000} seconds.`, {
          remedy: 'Check the network between this machine and the server, and whether the server is overloaded.',
        })
      : classifyQueryError(error)
    const offers = tlsOfferSchema.array().safeParse(failure.facts['tlsOffers'])
    return {
      ok: false,
      error: toFailure(failure),
      ...(offers.success ? { tlsOffers: offers.data } : {}),
      unreadable: [],
      findings: [],
    }
  }
}

async function look(client: Client, connection: PostgresConnection): Promise<Inspection> {
  await client.query(`SET statement_timeout = ${statementTimeoutMs}`)
  const started = performance.now()
  await client.query('SELECT 1')
  const latencyMs = Math.round((performance.now() - started) * 100) / 100
  const identity = await readIdentity(client)
  const { rows } = await client.query<{ tables: number }>(
    `SELECT count(*)::int AS tables FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  )
  const tables = rows[0]?.tables ?? 0
  const size = await databaseBytes(client).catch(() => undefined)
  const access = await readAccess(client, identity)
  const holdfastInstance = await catalogIn(client)
  const tool = await findClient(identity.major, identity.version).catch((error: unknown) => toFailure(error))
  const findings: Finding[] = [
    ...access.findings,
    ...unreadableRoleFindings(await unreadableRoles(client), await readEncoding(client)),
    ...(await lockFindings(client)),
    ...(await connectionFindings(client)),
    ...transitFindings(client, connection),
    ...('code' in tool ? [] : clientFindings([tool])),
    ...excess(identity),
  ]
  if ('code' in tool) {
    findings.unshift({ severity: 'error', code: tool.code, message: tool.message, remedy: tool.remedy })
  }
  const first = findings.find((finding) => finding.severity === 'error')
  const error: Failure | null = first ? { code: first.code, message: first.message, remedy: remedyOf(first) } : null
  return {
    ok: error === null,
    ...(error ? { error } : {}),
    serverVersion: identity.version,
    serverMajor: identity.major,
    ...(size === undefined ? {} : { databaseBytes: size }),
    tableCount: tables,
    measures: [{ name: 'tables', of: 'containers', unit: 'count', value: tables }],
    ...('code' in tool ? {} : { client: { version: tool.version, path: join(tool.folder, 'pg_dump') } }),
    latencyMs,
    superuser: identity.superuser,
    ...(holdfastInstance === null ? {} : { holdfastInstance }),
    ...(identity.tls ? { tls: identity.tls } : {}),
    unreadable: access.unreadable,
    findings,
  }
}

function remedyOf(finding: Finding): string | undefined {
  return finding.sql ? `${finding.remedy ?? ''}\n${finding.sql}`.trim() : finding.remedy
}

/** More than a backup needs is worth saying: a stolen password is then worth more, too. */
function excess(identity: ServerIdentity): Finding[] {
  const more = [
    identity.superuser && 'superuser',
    !identity.superuser && identity.createRole && 'CREATEROLE',
    !identity.superuser && identity.createDatabase && 'CREATEDB',
  ].filter((name) => typeof name === 'string')
  if (more.length === 0) return []
  return [
    {
      severity: 'info',
      code: 'excess-privileges',
      message: `User ${identity.user} has more rights than a backup needs (${more.join(', ')}).`,
      remedy:
        'Make a role for backups only with the SQL that this page offers. Restores need a role that may create databases.',
    },
  ]
}
