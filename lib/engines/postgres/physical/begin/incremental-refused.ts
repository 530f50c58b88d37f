import type { ReadableBackup } from '@/lib/ports/backup-method'
import { baseFactsSchema } from '../base-facts'
import type { Cluster } from './read-cluster'

/** Why a full backup has to be taken, in words that a sentence can end with. */
export class IncrementalRefused extends Error {}

/** Throws `IncrementalRefused` for what is known of the server before anything is asked of it. */
export function serverRefused({ identity, summarizesWal, dataChecksums }: Cluster, { manifest }: ReadableBackup): void {
  if (summarizesWal === null)
    throw new IncrementalRefused(`the server is PostgreSQL ${identity.version}, and only 17 and newer can`)
  if (!summarizesWal)
    throw new IncrementalRefused(
      'summarize_wal is off on the server. To have incremental ones: ALTER SYSTEM SET summarize_wal = on; SELECT pg_reload_conf()',
    )
  const facts = baseFactsSchema.safeParse(manifest.facts).data
  if (!facts) throw new IncrementalRefused('the backup before it does not say what it is of')
  // Checksums are not computed anew when a chain is combined.
  if (facts.dataChecksums !== dataChecksums)
    throw new IncrementalRefused('page checksums were switched on or off since the backup before it')
  // A page that was mended outside of the log would stay damaged.
  if (facts.damagedPages.length > 0)
    throw new IncrementalRefused('the backup before it has pages that were damaged on the server')
}

/** Throws `IncrementalRefused` for a parent of another cluster, or of the same before an upgrade. */
export function parentRefused(identity: string, { manifest }: ReadableBackup): void {
  if (manifest.identity !== identity)
    throw new IncrementalRefused('the backup before it is of another server, or of another version')
}
