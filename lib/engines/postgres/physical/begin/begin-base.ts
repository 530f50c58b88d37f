import { Readable } from 'node:stream'
import type { Client } from 'pg'
import { timelineText } from '@/lib/core/log/wal-name'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { BackupPart, BackupSession, LogRange } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { classifyQueryError } from '@/lib/engines/postgres/classify-error'
import { connectionOf, withConnection } from '@/lib/engines/postgres/connect/connect'
import { postgresOptions } from '@/lib/engines/postgres/connect/options'
import { type Endpoint, pickEndpoint } from '@/lib/engines/postgres/connect/pick-endpoint'
import { identifySystem, type SystemIdentity } from '@/lib/engines/postgres/replication/identify-system'
import { openReplication } from '@/lib/engines/postgres/replication/open-replication'
import type { BasePosition } from './base-copy'
import { baseFacts, measuresOf } from './describe-base'
import { BaseStream } from './base-stream'
import { packOutsideFiles } from './outside-files'
import type { PartStream } from './part-stream'
import { type Cluster, readCluster, serverTime } from './read-cluster'

/** Earlier ones send each tablespace in a COPY of its own. */
const oldestMajor = 15

/**
 * A base backup of the whole cluster over the replication protocol, streamed into several archives, from the replica where the source
 * has one. Resolves when the server has begun, which takes minutes where it is to be gentle. Needs a role with REPLICATION.
 * Throws the codes of `openReplication`, `continuous-unready` for versions before 15, and for what happens later `base-mismatch` and
 * `base-interrupted`.
 */
export async function beginBase(
  source: SourceSpec,
  run: RunContext,
  { attempt = 1 }: { attempt?: number } = {},
): Promise<BackupSession> {
  const endpoint = await pickEndpoint(source, run, { attempt })
  try {
    const cluster = await withConnection(endpoint.source, run.signal, readCluster)
    requireVersion(cluster)
    const client = await openReplication(endpoint.source, run.signal)
    try {
      const system = await identifySystem(client)
      requireOneServer(cluster, system)
      return await start(endpoint, { cluster, client, system }, run)
    } catch (error) {
      client.connection.stream.destroy()
      throw error
    }
  } catch (error) {
    run.signal.throwIfAborted()
    throw endpoint.explain(classifyQueryError(error))
  }
}

interface Opened {
  cluster: Cluster
  client: Client
  system: SystemIdentity
}

async function start(endpoint: Endpoint, { cluster, client, system }: Opened, run: RunContext): Promise<BackupSession> {
  const { source } = endpoint
  const { identity, outside } = cluster
  const stillStandby = async () => {
    if (identity.standby && !(await isStandby(source, run.signal))) throw promoted()
  }
  const base = new BaseStream(client, commandFor(source), async (error) => {
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
  run.logger.info('base backup begun', { serverVersion: identity.version, ...opened.start })
  let ended: { position: BasePosition; at: Date } | null = null
  const endOf = () => {
    if (ended === null) throw new Error('The end of a base backup is asked for before it was confirmed')
    return ended
  }
  const configuration = outside.files.length === 0 ? null : await packOutsideFiles(outside.files)
  return {
    kind: 'base',
    engineVersion: identity.version,
    tool: { name: 'postgres', version: identity.version },
    identity: `${identity.major}/${system.systemIdentifier}`,
    label: `${connectionOf(source).host}:${connectionOf(source).port}`,
    get measures() {
      return measuresOf(cluster, base)
    },
    get facts() {
      const end = ended && { position: ended.position, at: ended.at }
      return { ...endpoint.facts, ...baseFacts({ cluster, system, opened, base, end }) }
    },
    warnings: [...endpoint.warnings],
    withheld: outside.withheld,
    get toolWarnings() {
      return [...base.damage.warnings(), ...base.warnings]
    },
    parts: [
      ...opened.parts.map(({ share, stream }) => ({
        ...partOf(base, stream),
        role: share.role,
        data: true,
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
    close,
  }
}

function commandFor(source: SourceSpec): string {
  // Gentle: the checkpoint is spread over the server's usual time instead of being written at once.
  const checkpoint = postgresOptions(source).gentle ? 'spread' : 'fast'
  return `BASE_BACKUP (LABEL 'holdfast', CHECKPOINT '${checkpoint}', WAL false, WAIT false, PROGRESS true, TABLESPACE_MAP true, MANIFEST 'yes', MANIFEST_CHECKSUMS 'SHA256')`
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

function requireVersion({ identity }: Cluster): void {
  if (identity.major >= oldestMajor) return
  throw new HoldfastError(
    'continuous-unready',
    `Base backups are taken from PostgreSQL ${oldestMajor} or newer, and this server is ${identity.version}.`,
    { remedy: 'Protect this source by dumps, or upgrade the server.' },
  )
}

/** Behind one address there may be several. */
function requireOneServer(cluster: Cluster, system: SystemIdentity): void {
  if (cluster.systemIdentifier === null || cluster.systemIdentifier === system.systemIdentifier) return
  throw new HoldfastError('source-failed', 'Two connections to the source reached two different clusters.', {
    remedy: 'Enter the address of one server, not that of something that chooses between several.',
    facts: { identifiers: [cluster.systemIdentifier, system.systemIdentifier] },
  })
}

const promoted = () =>
  new HoldfastError('base-interrupted', 'The standby was promoted while its base backup was being taken.', {
    remedy: 'Check which server is the primary now, and correct the source. The next attempt begins anew.',
    transient: true,
  })

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)))
