import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { ServiceContext } from '../context'
import { sourceSpec } from '../source/source-spec'
import type { ClaimedStream } from './claim-streams'
import { assertStream } from './hold-stream'
import { logMethodOf } from './log-method-of'

/** For so long the server of a deleted source is tried, and its secret kept. */
const patienceMs = 24 * 3_600_000

/**
 * Ends a stream that was switched off: what the server keeps for it is removed first, since it holds log without a limit. Of a
 * deleted source the secret goes then, too.
 */
export async function endStream(ctx: ServiceContext, claim: ClaimedStream, run: RunContext): Promise<void> {
  const source = await ctx.db.source.findUniqueOrThrow({ where: { id: claim.sourceId } })
  const { slot } = await ctx.db.logStream.findUniqueOrThrow({ where: { sourceId: source.id } })
  try {
    if (slot !== null) await logMethodOf(ctx, source).removeSlot(await sourceSpec(ctx, source), run)
  } catch (error) {
    run.signal.throwIfAborted()
    const since = source.deletedAt
    if (since === null || ctx.clock.now().getTime() - since.getTime() < patienceMs) throw error
    run.logger.error(`the slot ${slot} could not be removed and is given up`, { ...toFailure(error) })
  }
  await ctx.db.$transaction(async (tx) => {
    await assertStream(tx, claim)
    const { count } = await tx.logStream.deleteMany({ where: { sourceId: source.id, state: 'ending' } })
    if (count === 0) throw new HoldfastError('lease-lost', 'The log of this source is to be followed again.')
    if (source.deletedAt) await tx.source.update({ where: { id: source.id }, data: { secretsSealed: {} } })
  })
}
