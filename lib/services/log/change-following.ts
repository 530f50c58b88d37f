import type { Protection } from '@/lib/contracts/recovery/protection'
import type { Tx } from '@/lib/db/client'
import type { SourceModel } from '@/lib/db/generated/models/Source'
import { chooseDestinations } from '../backup/choose-destinations'
import type { ServiceContext } from '../context'
import { logMethodOf } from './log-method-of'
import { protectionOf } from './protection-of'

/**
 * Starts or ends the following of a source's log, or lets it begin anew with other settings. A worker takes it up within seconds.
 * Throws `destination-needed` when nobody said where the log goes.
 */
export async function changeFollowing(
  ctx: Pick<ServiceContext, 'engine'>,
  tx: Tx,
  before: SourceModel,
  after: Protection,
): Promise<void> {
  const sourceId = before.id
  if (!after.continuous) {
    await endFollowing(tx, sourceId)
    return
  }
  const destinationIds = await chooseDestinations(tx, sourceId, after.destinationIds)
  // Raising the fence lets the follower of today go; the next one has the new settings.
  const anew = {
    destinationIds,
    workerId: null,
    fence: { increment: 1 },
    state: 'starting',
    retryAt: null,
    failures: 0,
  }
  const slot = after.log === 'push' ? null : logMethodOf(ctx, before).slotName(sourceId)
  const begins = {
    hasWindow: false,
    windowFrom: null,
    identity: null,
    timeline: null,
    storedPosition: null,
    coveredUntil: null,
    idleMark: null,
    lastCommitAt: null,
  }
  await tx.logStream.upsert({
    where: { sourceId },
    create: { sourceId, destinationIds, slot },
    // An earlier slot stays noted until it was removed from the server.
    update: {
      ...anew,
      ...(protectionOf(before.protection).continuous ? {} : begins),
      ...(slot === null ? {} : { slot }),
    },
  })
}

/** Lets the log be followed anew, with the settings that the source has by now. */
export async function restartFollowing(tx: Tx, sourceId: string): Promise<void> {
  await tx.logStream.updateMany({
    where: { sourceId },
    data: { workerId: null, fence: { increment: 1 }, retryAt: null, failures: 0 },
  })
}

/** Lets a worker remove what the server keeps for a source's log; false: it is not followed. */
export async function endFollowing(tx: Tx, sourceId: string): Promise<boolean> {
  const { count } = await tx.logStream.updateMany({ where: { sourceId }, data: { state: 'ending', retryAt: null } })
  return count > 0
}
