import type { Tx } from '@/lib/db/client'
import { effectiveRules } from './effective-rules'

/** Whether anything limits how long a source's backups are kept: its policy, or that of a destination that holds some. */
export async function retentionApplies(tx: Tx, sourceId: string): Promise<boolean> {
  const { ofSource, ofDestination } = await effectiveRules(tx, sourceId)
  if (ofSource.length > 0) return true
  if (ofDestination.size === 0) return false
  const held = await tx.backupCopy.findFirst({
    where: {
      destinationId: { in: [...ofDestination.keys()] },
      state: { in: ['stored', 'damaged'] },
      backup: { sourceId, deletedAt: null },
    },
    select: { id: true },
  })
  return held !== null
}
