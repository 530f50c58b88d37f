import { failingAfterAttempts, maxDeliveryAttempts, retryDelaySeconds } from '@/lib/core/alert/retry-delay'
import type { Db } from '@/lib/db/client'
import { raiseChannelIncident, settleChannel } from './channel-incident'
import type { Claim } from './claim-deliveries'

/** Only while the claim holds: otherwise somebody else has it by now. */
const held = ({ deliveries, leaseUntil }: Claim) => ({
  id: { in: deliveries.map(({ id }) => id) },
  state: 'pending',
  nextAt: leaseUntil,
})

/** The receiver took it; a channel that was failing is well again. */
export async function markSent(db: Db, claim: Claim, channelId: string, now: Date): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.alertDelivery.updateMany({ where: held(claim), data: { state: 'sent', sentAt: now, error: null } })
    await settleChannel(tx, channelId, now)
  })
}

/** The receiver did not accept it: it is tried again later, or given up. The other channels report one that keeps failing. */
export async function markFailed(
  db: Db,
  claim: Claim,
  failure: { channel: { id: string; name: string }; reason: string; retryAfterSeconds: number; now: Date },
): Promise<void> {
  const { channel, reason, now } = failure
  await db.$transaction(async (tx) => {
    for (const delivery of claim.deliveries) {
      const waitSeconds = Math.max(retryDelaySeconds(delivery.attempts), failure.retryAfterSeconds)
      await tx.alertDelivery.updateMany({
        where: { ...held(claim), id: delivery.id },
        data: {
          state: delivery.attempts >= maxDeliveryAttempts ? 'failed' : 'pending',
          error: reason,
          nextAt: new Date(now.getTime() + waitSeconds * 1_000),
        },
      })
    }
    const attempts = Math.max(...claim.deliveries.map((delivery) => delivery.attempts))
    if (attempts >= failingAfterAttempts) await raiseChannelIncident(tx, { channel, reason, attempts, now })
  })
}

/** This process stops: the next one takes it up at once, and the try does not count. */
export async function handBack(db: Db, claim: Claim, now: Date): Promise<void> {
  await db.alertDelivery.updateMany({ where: held(claim), data: { attempts: { decrement: 1 }, nextAt: now } })
}
