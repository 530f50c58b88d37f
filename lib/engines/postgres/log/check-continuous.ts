import type { Client } from 'pg'
import type { ContinuousCheck } from '@/lib/contracts/recovery/continuous'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { classifyQueryError } from '@/lib/engines/postgres/classify-error'
import { connectionOf, withConnection } from '@/lib/engines/postgres/connect/connect'
import { isPooled, poolerRefused } from '@/lib/engines/postgres/connect/pooler'
import { accessFindings } from './check/access'
import { adviceFindings, pushedAdviceFindings } from './check/advice'
import { archivingFindings, onlyForBases } from './check/archiving'
import { capacityFindings, pushedCapacityFindings } from './check/capacity'
import type { ContinuousFinding } from './check/finding'
import { keepingFindings } from './check/keeping'
import { managedFinding } from './check/managed'
import { readServer, type ServerFacts } from './check/read-server'

/** What a slot of the replication protocol can be asked for began with this version. */
const leastMajor = 15

/** Below the 15 s that a test of a connection may take in all. */
const statementTimeoutMs = 8_000
const limitMs = 14_000

type Findings = (client: Client, facts: ServerFacts, signal: AbortSignal) => Promise<ContinuousFinding[]>

/** What the server lacks for being followed. Trouble is an answer; only an abort throws. Nothing is changed on the server. */
export const checkContinuous = (source: SourceSpec, run: RunContext): Promise<ContinuousCheck> =>
  check(source, run, async (client, facts, signal) => {
    const capacity = capacityFindings(facts)
    const access = await accessFindings(source, client, facts, capacity, signal)
    return [...capacity, ...access, ...keepingFindings(facts), ...adviceFindings(facts)]
  })

/** What it lacks for handing its log in by `archive_command`. As `checkContinuous`. */
export const checkPushed = (source: SourceSpec, run: RunContext): Promise<ContinuousCheck> =>
  check(source, run, async (client, facts, signal) => {
    const capacity = pushedCapacityFindings(facts)
    const access = await accessFindings(source, client, facts, capacity, signal)
    return [
      ...archivingFindings(facts, source.id),
      ...onlyForBases([...capacity, ...access]),
      ...pushedAdviceFindings(facts),
    ]
  })

async function check(source: SourceSpec, run: RunContext, find: Findings): Promise<ContinuousCheck> {
  const limit = AbortSignal.timeout(limitMs)
  const signal = AbortSignal.any([run.signal, limit])
  const findings = await withConnection(source, signal, (client) => look(client, source, signal, find)).catch(
    (error: unknown) => {
      run.signal.throwIfAborted()
      return [troubleOf(error, limit.aborted)]
    },
  )
  return { ready: findings.every(({ severity }) => severity !== 'error'), findings }
}

async function look(
  client: Client,
  source: SourceSpec,
  signal: AbortSignal,
  find: Findings,
): Promise<ContinuousFinding[]> {
  if (await isPooled(client)) {
    const reason = 'replication connections go to the server itself'
    return [troubleOf(poolerRefused(reason, connectionOf(source)), false)]
  }
  await client.query(`SET statement_timeout = ${statementTimeoutMs}`)
  const facts = await readServer(client, source.id)
  const { major, version } = facts.identity
  if (major < leastMajor) {
    return [
      {
        severity: 'error',
        code: 'version-unsupported',
        message: `Continuous protection needs PostgreSQL ${leastMajor} or newer; the server is ${version}.`,
        remedy: 'Protect it with dumps until it is upgraded.',
      },
    ]
  }
  const managed = managedFinding(facts)
  if (managed) return [managed]
  return find(client, facts, signal)
}

function troubleOf(error: unknown, late: boolean): ContinuousFinding {
  const { code, message, remedy } = late
    ? new HoldfastError('host-unreachable', `The server did not answer within ${limitMs / 1000} seconds.`, {
        remedy: 'Check the network between this machine and the server, and whether the server is overloaded.',
      })
    : classifyQueryError(error)
  return { severity: 'error', code, message, ...(remedy === undefined ? {} : { remedy }) }
}
