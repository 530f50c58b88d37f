import { Readable } from 'node:stream'
import type { Client } from 'pg'
import { timelineText } from '@/lib/core/log/wal-name'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { BackupPart, BackupSession, LogRange, ReadableBackup } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { classifyQueryError, errorCode, errorText } from '@/lib/engines/postgres/classify-error'
import { connectionOf, withConnection } from '@/lib/engines/postgres/connect/connect'
import { postgresOptions } from '@/lib/engines/postgres/connect/options'
import type { Endpoint } from '@/lib/engines/postgres/connect/pick-endpoint'
import { identifySystem, type SystemIdentity } from '@/lib/engines/postgres/replication/identify-system'
import type { BasePosition } from './base-copy'
import { baseFacts, measuresOf } from './describe-base'
import { BaseStream } from './base-stream'
import { IncrementalRefused } from './incremental-refused'
import { identityOf, requireOneServer } from './one-server'
import { packOutsideFiles } from './outside-files'
import type { PartStream } from './part-stream'
import { listedBy } from './split-base'
import { type Cluster, serverTime } from './read-cluster'

/** What an incremental backup needs is not there: summaries of the log for its whole span, on one timeline. */
const unmet = '55000'

export interface BaseOrder {
  endpoint: Endpoint
  cluster: Cluster
  /** Null: everything is stored. */
  parent: ReadableBackup | null
  warnings: string[]
}

interface Opened {
  client: Client
  system: SystemIdentity
}

/**
 * Starts the server's backup on a connection that was opened for it, and resolves when the server has begun. Rejects with
 * `IncrementalRefused` where it says before that that it cannot store differences to the parent whose list it was given.
 */
export async function startBase(order: BaseOrder, { client, system }: Opened, run: RunContext): Promise<BackupSession> {
  const { endpoint, cluster, parent } = order
  const { source } = endpoint
  const { identity, outside } = cluster
  const stillStandby = async () => {
    if (identity.standby && !(await isStandby(source, run.signal))) throw promoted()
  }
  let isBegun = false
  const base = new BaseStream(client, commandFor(source, parent !== null), async (error) => {
    if (parent && !isBegun && errorCode(error) === unmet) return new IncrementalRefused(errorText(error))
    await stillStandby().catch((reason: unknown) => {
      if (reason instanceof HoldfastError && reason.code === 'base-interrupted') error = reason
    })
    return asError(endpoint.explain(classifyQueryError(error)))
  })
  const onAbort = () => base.fail(asError(run.signal.reason))
  run.signal.addEventListener('abort', onAbort, { once: true })
  const close = async () => {
    run.signal.removeEventListener('abort', onAbort)
    base.fail(new Error('The base backup was given up'))
    await client.end().catch(() => undefined)
  }
  run.progress({ phase: 'waiting for a checkpoint', doneBytes: 0 })
  const opened = await base.opened.catch(async (error: unknown) => {
    await close()
    await endOnServer(source, client)
    throw error
  })
  isBegun = true
  run.logger.info('base backup begun', { serverVersion: identity.version, ...opened.start })
  let ended: { position: BasePosition; at: Date } | null = null
  const endOf = () => {
    if (ended === null) throw new Error('The end of a base backup is asked for before it was confirmed')
    return ended
  }
  const configuration = outside.files.length === 0 ? null : await packOutsideFiles(outside.files)
  return {
    kind: parent ? 'incremental' : 'base',
    builtOn: parent !== null,
    engineVersion: identity.version,
    tool: { name: 'postgres', version: identity.version },
    identity: identityOf(cluster, system),
    label: `${connectionOf(source).host}:${connectionOf(source).port}`,
    get measures() {
      return measuresOf(cluster, base, parent !== null)
    },
    get facts() {
      const end = ended && { position: ended.position, at: ended.at }
      return { ...endpoint.facts, ...baseFacts({ cluster, system, opened, base, end }) }
    },
    warnings: [...endpoint.warnings, ...order.warnings],
    withheld: outside.withheld,
    get toolWarnings() {
      return [...base.damage.warnings(), ...base.warnings]
    },
    parts: [
      ...opened.parts.map(({ share, stream }) => ({
        ...partOf(base, stream),
        role: share.role,
        data: true,
        comparedByContent: true,
        inTurn: !postgresOptions(source).gentle,
        base: share.base,
        expectedBytes: share.expectedBytes,
        facts: share.archive.oid === null ? {} : { oid: share.archive.oid, location: share.archive.location },
      })),
      { ...partOf(base, opened.manifest), role: 'manifest', data: false, base: 'backup_manifest' },
      ...(configuration === null ? [] : [configurationPart(configuration)]),
    ],
    confirm: async () => {
      const { end, systemIdentifier } = await base.completed
      const now = await identifySystem(client)
      if (systemIdentifier !== null) requireOneServer(cluster, { ...now, systemIdentifier })
      await stillStandby()
      if (end.timeline !== opened.start.timeline || now.timeline !== opened.start.timeline) throw promoted()
      ended = { position: end, at: await withConnection(source, run.signal, serverTime) }
    },
    range: (): LogRange => ({
      from: opened.start.lsn,
      to: endOf().position.lsn,
      timeline: timelineText(opened.start.timeline),
      identity: system.systemIdentifier,
    }),
    endedAt: () => endOf().at,
    damagedAtSource: () => base.damage.pages.length > 0,
    close,
  }
}

function commandFor(source: SourceSpec, isIncremental: boolean): string {
  // Gentle: the checkpoint is spread over the server's usual time instead of being written at once.
  const checkpoint = postgresOptions(source).gentle ? 'spread' : 'fast'
  const incremental = isIncremental ? 'INCREMENTAL true, ' : ''
  return `BASE_BACKUP (${incremental}LABEL 'holdfast', CHECKPOINT '${checkpoint}', WAL false, WAIT false, PROGRESS true, TABLESPACE_MAP true, MANIFEST 'yes', MANIFEST_CHECKSUMS '${listedBy}')`
}

function partOf(base: BaseStream, stream: PartStream): Pick<BackupPart, 'open'> {
  return {
    open: ({ signal }) => {
      const onAbort = () => base.fail(asError(signal.reason))
      if (signal.aborted) onAbort()
      signal.addEventListener('abort', onAbort, { once: true })
      stream.once('close', () => signal.removeEventListener('abort', onAbort))
      return { stream, finished: stream.finished }
    },
  }
}

function configurationPart(content: Buffer): BackupPart {
  return {
    role: 'configuration',
    data: false,
    base: 'configuration.tar',
    open: () => ({ stream: Readable.from([content]), finished: Promise.resolve() }),
  }
}

const isStandby = (source: SourceSpec, signal: AbortSignal): Promise<boolean> =>
  withConnection(source, signal, async (client) => {
    const { rows } = await client.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby')
    return rows[0]?.standby === true
  })

/**
 * A server that waits for its checkpoint does not notice that nobody is there any more. A role may end what is its own; what cannot
 * be ended here ends with the checkpoint.
 */
async function endOnServer(source: SourceSpec, client: Client): Promise<void> {
  const process: unknown = 'processID' in client ? client.processID : null
  await withConnection(source, AbortSignal.timeout(5_000), (other) =>
    other.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE pid = $1 AND backend_type = 'walsender' AND usename = current_user`,
      [process],
    ),
  ).catch(() => undefined)
}

const promoted = () =>
  new HoldfastError('base-interrupted', 'The standby was promoted while its base backup was being taken.', {
    remedy: 'Check which server is the primary now, and correct the source. The next attempt begins anew.',
    transient: true,
  })

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
