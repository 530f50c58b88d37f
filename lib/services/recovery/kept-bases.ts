import { manifestSchema } from '@/lib/contracts/repository/manifest'
import { kindsWithLog } from '@/lib/contracts/engines/index'
import { backupKindSchema } from '@/lib/contracts/backup-kind'
import type { RecoveryBase } from '@/lib/core/recovery/stored-log'
import type { Tx } from '@/lib/db/client'
import type { LogMethod } from '@/lib/ports/log-method'
import { z } from 'zod'
import { protectionOf } from '@/lib/services/log/protection-of'

const inputSchema = z.object({ method: backupKindSchema.optional() })

/** A backup that needs the log waits or runs: where its log begins is not known yet. */
export async function isBaseUnderWay(
  tx: Tx,
  source: { id: string; engine: string; protection: unknown },
): Promise<boolean> {
  const jobs = await tx.job.findMany({
    where: { sourceId: source.id, kind: 'backup', state: { in: ['queued', 'running'] } },
    select: { input: true },
  })
  if (jobs.some(({ input }) => mayNeedLog(source, input))) return true
  const running = await tx.backup.count({
    where: { sourceId: source.id, kind: { in: kindsWithLog(source.engine) }, status: { in: ['queued', 'running'] } },
  })
  return running > 0
}

/** Without a method it is taken as the source is protected: as a dump where dumps are taken. */
function mayNeedLog(source: { engine: string; protection: unknown }, input: unknown): boolean {
  const { data } = inputSchema.safeParse(input)
  if (data?.method) return kindsWithLog(source.engine).some((kind) => kind === data.method)
  return !data || !protectionOf(source.protection).dumps
}

/**
 * The base backups of a source that are not deleted, by the server whose log they need. One that is found broken, or that only waits
 * for its deletion, is kept until then.
 */
export async function keptBases(
  tx: Tx,
  method: LogMethod,
  source: { id: string; engine: string },
): Promise<Map<string, Pick<RecoveryBase, 'timeline' | 'start' | 'end'>[]>> {
  const backups = await tx.backup.findMany({
    where: {
      sourceId: source.id,
      kind: { in: kindsWithLog(source.engine) },
      deletedAt: null,
      status: { in: ['succeeded', 'partial'] },
    },
    select: { manifest: true },
  })
  const kept = backups.flatMap(({ manifest }) => {
    const { range } = manifestSchema.parse(manifest)
    if (!range) return []
    const base = { timeline: range.timeline, start: method.order(range.from), end: method.order(range.to) }
    return [{ identity: range.identity, base }]
  })
  const byIdentity = Map.groupBy(kept, ({ identity }) => identity)
  return new Map([...byIdentity].map(([identity, own]) => [identity, own.map(({ base }) => base)]))
}
