import type { ServiceContext } from '../context'

/** One folder is removed within this time, or its removal is begun again by the next clean-up. */
const longestMs = 15 * 60_000

/**
 * Removes a copy's objects while its row is locked, so that no copy job begins to write there in the middle of it, and
 * marks them removed. False when somebody else is at it, or when the copy is no longer what it was when it was chosen:
 * then it is left alone.
 */
export function removeHeld(
  ctx: ServiceContext,
  copy: { id: string; state: string; backup: { deletedAt: Date | null } },
  remove: () => Promise<void>,
): Promise<boolean> {
  return ctx.db.$transaction(
    async (tx) => {
      const held = await tx.$queryRaw<{ id: string }[]>`
        SELECT id FROM backup_copy
        WHERE id = ${copy.id}::uuid AND state = ${copy.state} AND deleted_at IS NULL FOR UPDATE SKIP LOCKED`
      if (held.length === 0) return false
      await remove()
      await tx.backupCopy.update({
        where: { id: copy.id },
        data: { deletedAt: ctx.clock.now(), ...(copy.backup.deletedAt ? { state: 'deleted' } : {}) },
      })
      return true
    },
    { timeout: longestMs, maxWait: 30_000 },
  )
}
