import type { RestoreGrant } from '@/lib/contracts/people/restore-grant'
import type { Prisma } from '../generated/client'
import type { RestoreGrantModel } from '../generated/models/RestoreGrant'

export const restoreGrantInclude = { target: { select: { name: true } } } as const satisfies Prisma.RestoreGrantInclude

/** A grant as the API shows it. */
export function toRestoreGrant(row: RestoreGrantModel & { target: { name: string } }): RestoreGrant {
  return {
    id: row.id,
    sourceId: row.sourceId,
    targetId: row.targetId,
    targetName: row.target.name,
    grantedBy: row.grantedBy,
    grantedAt: row.grantedAt.toISOString(),
  }
}
