import { engineContract } from '@/lib/contracts/engines/index'
import type { EngineMethod } from '@/lib/contracts/engines/engine-contract'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import { goodBackupWhere } from '@/lib/services/backup/good-backups'
import type { TaskArgs } from '../../task'

/**
 * The chain that a new backup continues, the full one first. It ends with the newest backup that differences can be stored against, one of
 * the method's own line. All of the chain is good and stored in every destination of the new one. Null, with the reason in the log: a full
 * one is due.
 */
export async function findParent(
  { ctx, run }: TaskArgs,
  source: SourceModel,
  method: EngineMethod,
  destinationIds: string[],
): Promise<string[] | null> {
  if (!method.buildsOn) return null
  const usable = {
    ...goodBackupWhere,
    AND: destinationIds.map((destinationId) => ({ copies: { some: { destinationId, state: 'stored' } } })),
  }
  const latest = await ctx.db.backup.findFirst({
    where: { ...usable, sourceId: source.id, kind: { in: [method.kind, method.buildsOn] } },
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
    select: { id: true, dependsOn: true },
  })
  if (!latest) {
    run.logger.warn('a full backup is taken: there is none to build on in all of these destinations')
    return null
  }
  const members = await ctx.db.backup.count({ where: { ...usable, id: { in: latest.dependsOn } } })
  if (members < latest.dependsOn.length) {
    run.logger.warn(
      'a full backup is taken: a backup that the newest one builds on is not good in all of these destinations',
    )
    return null
  }
  // A restore test that failed may have met damage of any member.
  const broken = await ctx.db.backup.count({
    where: { verified: 'broken', deletedAt: null, dependsOn: { has: latest.id } },
  })
  if (broken > 0) {
    run.logger.warn('a full backup is taken: one that builds on the newest good one was found broken')
    return null
  }
  const chain = [...latest.dependsOn, latest.id]
  const longest = engineContract(source.engine).longestChain?.(source.options)
  if (longest !== undefined && chain.length > longest) {
    run.logger.info('a full backup is taken: the chain has reached its length', { longest })
    return null
  }
  return chain
}
