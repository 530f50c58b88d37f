import { HoldfastError } from '@/lib/core/holdfast-error'
import type { BackupSession, ReadableBackup } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { classifyQueryError } from '@/lib/engines/postgres/classify-error'
import { withConnection } from '@/lib/engines/postgres/connect/connect'
import { pickEndpoint } from '@/lib/engines/postgres/connect/pick-endpoint'
import { identifySystem } from '@/lib/engines/postgres/replication/identify-system'
import { openReplication } from '@/lib/engines/postgres/replication/open-replication'
import { IncrementalRefused, parentRefused, serverRefused } from './incremental-refused'
import { identityOf, requireOneServer } from './one-server'
import { type Cluster, readCluster } from './read-cluster'
import { type BaseOrder, startBase } from './start-base'
import { uploadManifest } from './upload-manifest'

/** Earlier ones send each tablespace in a COPY of its own. */
const oldestMajor = 15

/**
 * A base backup of the whole cluster over the replication protocol, streamed into several archives, from the replica where the source
 * has one. Resolves when the server has begun, which takes minutes where it is to be gentle. Needs a role with REPLICATION.
 * Throws the codes of `openReplication`, `continuous-unready` for versions before 15, and for what happens later `base-mismatch` and
 * `base-interrupted`.
 */
export const beginBase = (
  source: SourceSpec,
  run: RunContext,
  { attempt = 1 }: { attempt?: number } = {},
): Promise<BackupSession> => begin(source, run, attempt, null)

/**
 * The blocks that changed since the parent, as the server's summaries of its log know them. Where it has none for that span, or the parent
 * does not fit, a full base backup with the reason as a warning.
 */
export const beginIncremental = (
  source: SourceSpec,
  run: RunContext,
  { attempt = 1, parent }: { attempt?: number; parent?: ReadableBackup } = {},
): Promise<BackupSession> => begin(source, run, attempt, parent ?? null)

async function begin(
  source: SourceSpec,
  run: RunContext,
  attempt: number,
  parent: ReadableBackup | null,
): Promise<BackupSession> {
  const endpoint = await pickEndpoint(source, run, { attempt })
  try {
    const cluster = await withConnection(endpoint.source, run.signal, readCluster)
    requireVersion(cluster)
    const instead: string[] = []
    if (parent) {
      try {
        return await open({ endpoint, cluster, parent, warnings: [] }, run)
      } catch (error) {
        run.signal.throwIfAborted()
        if (!(error instanceof IncrementalRefused)) throw error
        instead.push(`A full base backup is taken instead of an incremental one: ${error.message}.`)
      }
    }
    return await open({ endpoint, cluster, parent: null, warnings: instead }, run)
  } catch (error) {
    run.signal.throwIfAborted()
    throw endpoint.explain(classifyQueryError(error))
  }
}

async function open(order: BaseOrder, run: RunContext): Promise<BackupSession> {
  const { endpoint, cluster, parent } = order
  if (parent) serverRefused(cluster, parent)
  const client = await openReplication(endpoint.source, run.signal)
  try {
    const system = await identifySystem(client)
    requireOneServer(cluster, system)
    if (parent) {
      parentRefused(identityOf(cluster, system), parent)
      await uploadManifest(client, parent, run)
    }
    return await startBase(order, { client, system }, run)
  } catch (error) {
    client.connection.stream.destroy()
    throw error
  }
}

function requireVersion({ identity }: Cluster): void {
  if (identity.major >= oldestMajor) return
  throw new HoldfastError(
    'continuous-unready',
    `Base backups are taken from PostgreSQL ${oldestMajor} or newer, and this server is ${identity.version}.`,
    { remedy: 'Protect this source by dumps, or upgrade the server.' },
  )
}
