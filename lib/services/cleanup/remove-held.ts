import type { ServiceContext } from '../context'
import { tryLockObjects } from '../copy/lock-objects'

/** One folder is removed within this time, or its removal is begun again by the next clean-up. */
const longestMs = 15 * 60_000

/**
 * Removes a copy's objects while no copy job may begin to write there, and marks them removed. False when another process
 * works on the copy, or when the copy has changed since it was chosen: then it is left alone.
 */
export function removeHeld(
  ctx: ServiceContext,
  copy: { id: string; state: string; backup: { deletedAt: Date | null } },
  remove: () => Promise<void>,
): Promise<boolean> {
  return ctx.db.$transaction(
    async (tx) => {
      if (!(await tryLockObjects(tx, copy.id))) return false
      const asChosen = { id: copy.id, state: copy.state, deletedAt: null }
      if ((await tx.backupCopy.count({ where: asChosen })) === 0) return false
      await remove()
      await tx.backupCopy.updateMany({
        where: asChosen,
        data: { deletedAt: ctx.clock.now(), ...(copy.backup.deletedAt ? { state: 'deleted' } : {}) },
      })
      return true
    },
    { timeout: longestMs, maxWait: 30_000 },
  )
}
