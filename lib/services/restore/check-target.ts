import { randomInt } from 'node:crypto'
import { refuseRestore, refuseTarget } from '@/lib/core/restore/refuse-restore'
import type { Tx } from '@/lib/db/client'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '../context'
import { sourceSpec } from '../source/source-spec'

/** The backup's source and the one whose server and role the restore uses. */
export interface RestoreEnds {
  source: Pick<SourceModel, 'id' | 'name' | 'catalog' | 'engine'>
  target: SourceModel
}

/**
 * What the catalog says: throws `target-is-catalog` and `restore-not-granted`. A grant is held until the transaction
 * ends, so that it is not withdrawn between this and what follows in it.
 */
export async function checkGrant(tx: Tx, { source, target }: RestoreEnds): Promise<void> {
  const grants = await tx.restoreGrant.findMany({ where: { sourceId: source.id, targetId: target.id } })
  const refusal = refuseRestore({ source, target, granted: grants.length > 0 })
  if (refusal) throw refusal
}

/** As many numbers as an advisory lock takes. */
const most = 2 ** 31 - 1
const askTimeoutMs = 30_000

/**
 * What the target's server says: throws `target-is-catalog` when it is the one that holds the catalog, by whatever
 * address, and `target-superuser` when the role reaches beyond its database and the backup is another source's.
 */
export async function checkServer(
  ctx: ServiceContext,
  { source, target }: RestoreEnds,
  run: RunContext,
): Promise<void> {
  const { roles } = ctx.engine(target.engine)
  if (!roles) return
  const spec = await sourceSpec(ctx, target)
  const lock = [randomInt(1, most), randomInt(1, most)] as const
  const answer = await ctx.db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT pg_advisory_xact_lock(${lock[0]}::int, ${lock[1]}::int)::text`
      return roles.standing(spec, lock, run)
    },
    { timeout: askTimeoutMs, maxWait: askTimeoutMs },
  )
  const server = { ...answer, holdsCatalog: answer.holdsLock, roleSql: roles.restoreRoleSql(spec) }
  const refusal = refuseTarget({ source, target, granted: true }, server)
  if (refusal) throw refusal
}
