import type { Client } from 'pg'
import type { PostgresOptions } from '@/lib/contracts/engines/postgres'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { RunContext } from '@/lib/ports/run-context'
import { errorText } from '@/lib/engines/postgres/classify-error'
import { connectionOf, withConnection } from './connect'
import { type Position, positionOf, readReplicaPosition, type ReplicaPosition, sameCluster } from './replica-position'
import { postgresOptions } from './options'

/** Which server of the cluster a backup is read from. */
export interface Endpoint {
  /** As given, with the address of the server that was picked. */
  source: SourceSpec
  role: 'primary' | 'replica'
  /** For the manifest: what was read from, and how far behind it was. Empty without a replica. */
  facts: { replica?: ReplicaFacts }
  warnings: string[]
  /**
   * Failures while reading from a replica may pass, whatever they are: the next attempt reads from the primary. Others
   * are given back as they are.
   */
  explain(error: unknown): unknown
  /**
   * To be called when the data has been read and before it counts. Rejects with `standby-promoted` (transient) when the
   * replica has become a server of its own meanwhile: what it holds need not be the source's any more.
   */
  confirm(signal: AbortSignal): Promise<void>
}

export interface ReplicaFacts {
  host: string
  port: number
  /** Age of what was read; absent when it cannot be told. */
  lagMs?: number
  /** WAL that the primary has written and the replica has not replayed; absent when the primary was not asked. */
  behindBytes?: number
  /** Of the last transaction that the replica had replayed. */
  replayedAt?: string
}

type Replica = NonNullable<PostgresOptions['replica']>

/** Beyond this a backup may be older than people take it for. An objective for data loss may be stricter. */
const lagLimitMs = 5 * 60_000

/**
 * The replica when the source has one, it can be reached, and it is a standby of the same cluster; else the primary with
 * a warning that says why. Attempts after the first read from the primary, because the first may have met a conflict
 * with recovery, which would only repeat itself. Trouble of the replica never rejects, that of the primary shows when it
 * is connected to; only an abort throws.
 */
export async function pickEndpoint(
  source: SourceSpec,
  run: RunContext,
  { attempt }: { attempt: number },
): Promise<Endpoint> {
  const { replica } = postgresOptions(source)
  if (!replica) return primary(source, [])
  const name = `${replica.host}:${replica.port}`
  if (attempt > 1) return primary(source, [`This attempt reads from the primary and not from the replica ${name}.`])
  const there: SourceSpec = { ...source, connection: { ...connectionOf(source), ...replica } }
  try {
    return await replicaOf(source, there, replica, run)
  } catch (error) {
    run.signal.throwIfAborted()
    const reason = errorText(error)
    run.logger.warn('replica not used', { replica: name, reason })
    return primary(source, [`The replica ${name} was not used, the backup reads from the primary: ${reason}`])
  }
}

function primary(source: SourceSpec, warnings: string[]): Endpoint {
  return { source, role: 'primary', facts: {}, warnings, explain: (error) => error, confirm: () => Promise.resolve() }
}

async function replicaOf(source: SourceSpec, there: SourceSpec, replica: Replica, run: RunContext): Promise<Endpoint> {
  const name = `${replica.host}:${replica.port}`
  const warnings: string[] = []
  // The primary first: what is written in between makes the replica look further behind, never nearer.
  const main = await ask(source, run.signal, positionOf, (reason) =>
    warnings.push(`The primary could not be asked how far the replica ${name} is behind: ${reason}`),
  )
  const position = await withConnection(there, run.signal, readReplicaPosition)
  if (!position.inRecovery) throw unfit('it is not a standby.')
  if (main && !sameCluster(main, position)) throw unfit('it is not a standby of this source, but of another cluster.')
  const facts = { replica: { ...replica, ...lagOf(position, main, run.clock.now()) } }
  warnings.push(...lagWarnings(name, facts.replica, postgresOptions(source)), ...unloggedWarning(position))
  run.logger.info('reading from the replica', { ...facts.replica })
  return {
    source: there,
    role: 'replica',
    facts,
    warnings,
    explain: (error) => mayPass(error, name),
    confirm: (signal) => withConnection(there, signal, confirmStandby),
  }
}

async function ask<T>(
  source: SourceSpec,
  signal: AbortSignal,
  work: (client: Client) => Promise<T>,
  onTrouble: (reason: string) => void,
): Promise<T | null> {
  try {
    return await withConnection(source, signal, work)
  } catch (error) {
    signal.throwIfAborted()
    onTrouble(errorText(error))
    return null
  }
}

function mayPass(error: unknown, name: string): unknown {
  if (!(error instanceof HoldfastError) || error.transient) return error
  const { message, remedy, facts } = error
  return new HoldfastError(error.code, `${message} (reading from the replica ${name})`, {
    ...(remedy ? { remedy } : {}),
    facts,
    transient: true,
    cause: error,
  })
}

function unfit(message: string): HoldfastError {
  return new HoldfastError('replica-unfit', message)
}

/** Rejects when the standby that was read has become a server of its own meanwhile. */
export async function confirmStandby(client: Client): Promise<void> {
  const { rows } = await client.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby')
  if (rows[0]?.standby === true) return
  throw new HoldfastError('standby-promoted', 'The standby was promoted while the backup was reading from it.', {
    remedy: 'Check which server is the primary now, and correct the source. The next attempt reads anew.',
    transient: true,
  })
}

function lagOf(position: ReplicaPosition, main: Position | null, now: Date): Omit<ReplicaFacts, keyof Replica> {
  const behindBytes = main ? Math.max(0, Number(main.lsn - position.lsn)) : undefined
  const age = position.replayedAt ? Math.max(0, now.getTime() - position.replayedAt.getTime()) : undefined
  // On an idle primary the last transaction is old, and the replica is still not behind.
  const lagMs = behindBytes === 0 ? 0 : age
  return {
    ...(lagMs === undefined ? {} : { lagMs }),
    ...(behindBytes === undefined ? {} : { behindBytes }),
    ...(position.replayedAt ? { replayedAt: position.replayedAt.toISOString() } : {}),
  }
}

function lagWarnings(name: string, { lagMs }: ReplicaFacts, { rpoObjectiveMs }: PostgresOptions): string[] {
  if (lagMs === undefined) return [`How far the replica ${name} is behind cannot be told.`]
  if (lagMs <= Math.min(lagLimitMs, rpoObjectiveMs ?? lagLimitMs)) return []
  return [`The replica ${name} is ${Math.round(lagMs / 1_000)} s behind the primary: the backup is as old as that.`]
}

function unloggedWarning({ unlogged }: ReplicaPosition): string[] {
  if (unlogged === 0) return []
  return [`${unlogged} unlogged table(s) are in this backup without rows: only the primary holds them.`]
}
