import type { Measure } from '@/lib/contracts/repository/measure'
import type { SystemIdentity } from '@/lib/engines/postgres/replication/identify-system'
import { type BaseFacts, baseFactsSchema } from '../base-facts'
import type { BasePosition } from './base-copy'
import type { BaseOpened, BaseStream } from './base-stream'
import type { Cluster } from './read-cluster'

interface Described {
  cluster: Cluster
  system: SystemIdentity
  opened: BaseOpened
  base: BaseStream
  end: { position: BasePosition; at: Date } | null
}

/** For the manifest: complete once the backup is; until then its beginning stands for its end. */
export function baseFacts({ cluster, system, opened, base, end }: Described): BaseFacts {
  const { identity, role, database, session, settings, preload, dataChecksums, walSegmentBytes, locale, now } = cluster
  return baseFactsSchema.parse({
    serverMajor: identity.major,
    systemIdentifier: system.systemIdentifier,
    standby: identity.standby,
    role,
    database,
    session,
    startLsn: opened.start.lsn,
    endLsn: end?.position.lsn ?? opened.start.lsn,
    startTimeline: opened.start.timeline,
    walSegmentBytes,
    dataChecksums,
    tablespaces: opened.tablespaces.map(({ oid, location }) => ({
      oid,
      location: location ?? '',
      bytes: base.splitter?.archiveBytes.get(oid) ?? 0,
    })),
    settings,
    preload,
    locale: { ...locale },
    databases: databasesOf(cluster, base),
    damagedPages: base.damage.pages,
    serverStartedAt: now.toISOString(),
    serverFinishedAt: (end?.at ?? now).toISOString(),
  } satisfies BaseFacts)
}

/** How much changed says nothing of how much there is. */
export function measuresOf(cluster: Cluster, base: BaseStream, isIncremental: boolean): Measure[] {
  const databases = databasesOf(cluster, base)
  const bytes = [...(base.splitter?.archiveBytes.values() ?? [])].reduce((sum, each) => sum + each, 0)
  return [
    ...(isIncremental ? [] : [{ name: 'bytes', of: 'items', unit: 'bytes', value: bytes } as const]),
    { name: 'databases', of: 'containers', unit: 'count', value: databases.length },
  ]
}

const databasesOf = ({ databases }: Cluster, { splitter }: BaseStream) =>
  databases.map(({ oid, name }) => ({ oid, name, bytes: splitter?.databaseBytes.get(oid) ?? 0 }))
