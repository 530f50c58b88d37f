import type { AuditHead } from '@/lib/contracts/audit'
import type { Tx } from '@/lib/db/client'

/** The end of the audit chain now, to be written down where it can be compared later. */
export async function auditHead(tx: Tx): Promise<AuditHead> {
  const head = await tx.auditHead.findUniqueOrThrow({ where: { id: 1 } })
  return { lastId: Number(head.lastId), hash: head.hash }
}
